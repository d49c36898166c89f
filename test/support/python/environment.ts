import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedFolder } from '../cached-folder';

const INSTALL_WITHIN_MS = 15 * 60_000;

/**
 * A virtual environment of Python with what a file of requirements names; see cachedFolder.
 * @returns its folder
 * @throws Error saying what is missing: Python, or the way to its registry
 */
export function pythonEnvironment(name: string, requirements: string): string {
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return cachedFolder(`${name}-${version}`, (folder) => {
    run('python3', ['-m', 'venv', folder]);
    run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '-q', '-r', requirements]);
  });
}

/** Runs a command that installs something. @throws Error with the end of what it printed */
export function run(command: string, args: string[]): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: INSTALL_WITHIN_MS,
  });
  if (error) throw new Error(`${command} is needed and cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} failed: ${(stdout + stderr).trim().slice(-500)}`);
}
