import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Environment } from './config-reader';
import { ConfigError } from './errors';

/**
 * Adds the variables of `.env` in the working directory to the environment of this process, for the AWS SDK
 * looks there for its credentials. A variable that is set already stays, even when it is empty.
 * @returns the environment of this process
 * @throws ConfigError when there is a `.env` that cannot be used
 */
export function loadEnvFile(env: NodeJS.ProcessEnv = process.env, folder = '.'): Environment {
  for (const [name, value] of Object.entries(readEnvFile(folder))) env[name] ??= value;
  return env;
}

/**
 * The variables of `.env` in a folder; none where there is no such file. Node's own `process.loadEnvFile`
 * takes a file that may not be read for one that is missing, and a byte order mark for part of a name.
 * @throws ConfigError when the file cannot be read, or has a line that is no assignment
 */
export function readEnvFile(folder: string): Environment {
  const path = join(folder, '.env');
  const text = textOf(path)?.replace(/^\uFEFF/, '');
  if (text === undefined) return {};
  const variables = parseEnv(text);
  // Node reads a line without `=` as part of the next name, so that the next variable would be missing.
  const bad = Object.keys(variables).find((name) => !/^[\w.-]+$/.test(name));
  if (bad === undefined) return variables;
  const line = text.slice(0, text.indexOf(bad)).split('\n').length;
  throw new ConfigError([`${path}, line ${line}: give NAME=value, or # before a comment`]);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ConfigError([`${path} cannot be read: ${(error as Error).message}`]);
  }
}
