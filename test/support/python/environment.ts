import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const INSTALL_WITHIN_MS = 15 * 60_000;

/**
 * The Python of a virtual environment with these packages, outside the source tree. The first call on a machine makes it; it
 * blocks, because whether a suite is skipped has to be known before it is declared.
 * @param requirements path of a requirements file with exact versions
 * @throws Error saying what is missing: Python, or the way to its registry
 */
export function pythonEnvironment(name: string, requirements: string): string {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${version}`);
  if (!existsSync(folder)) install(cache, folder, requirements);
  return join(folder, 'bin/python');
}

function install(cache: string, folder: string, requirements: string): void {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, 'fetching-'));
  try {
    run('python3', ['-m', 'venv', fresh]);
    run(join(fresh, 'bin/python'), ['-m', 'pip', 'install', '-q', '-r', requirements]);
    renameSync(fresh, folder);
  } catch (error) {
    // Another process made it meanwhile.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function run(command: string, args: string[]): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: INSTALL_WITHIN_MS,
  });
  if (error) throw new Error(`Python 3 with venv is needed: ${command} cannot be run (${error.message})`);
  if (status !== 0) throw new Error(`${command} failed: ${(stdout + stderr).trim().slice(-500)}`);
}
