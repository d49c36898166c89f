import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPostmaster } from '../../../src/runtime/embedded-postgres/postmaster';

const ps = promisify(execFile);

/**
 * Process ids of the embedded database of a data folder, the server's first; empty where it does not run.
 * Each process is a session of its own, so there is no process group to kill.
 */
export async function databaseProcesses(dataDir: string): Promise<number[]> {
  const server = await findPostmaster(join(dataDir, 'postgres/data'));
  if (!server) return [];
  const { stdout } = await ps('ps', ['-A', '-o', 'pid=,ppid=']);
  const children = stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid = 0, parent]) => (parent === server.pid ? [pid] : []));
  return [server.pid, ...children];
}

/** kill -9; a process that is gone already is no error. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
