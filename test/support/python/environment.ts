import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const INSTALL_WITHIN_MS = 15 * 60_000;

/**
 * A virtual environment of Python with what a file of requirements names, outside the source tree. The first call on a machine makes
 * it; it blocks, because whether a suite is skipped has to be known before it is declared.
 * @param finish puts more into its folder
 * @returns its folder
 * @throws Error saying what is missing: Python, or the way to its registry
 */
export function pythonEnvironment(
  name: string,
  requirements: string,
  finish: (folder: string) => void = () => {},
): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetching-'));
  try {
    run('python3', ['-m', 'venv', fresh]);
    run(join(fresh, 'bin/python'), ['-m', 'pip', 'install', '-q', '-r', requirements]);
    finish(fresh);
    renameSync(fresh, folder);
  } catch (error) {
    // Another process made it meanwhile.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
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
