import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What PostgreSQL says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number;
  port: number;
  status: 'starting' | 'ready' | 'stopping';
}

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;

/** The server that runs on a data directory, undefined when none does. A file left behind by a dead one does not count. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  const lines = await readPidFile(data);
  const pid = Number(lines[PID_LINE]);
  if (!pid || !(await isPostmaster(pid, data))) return undefined;
  const status = lines[STATUS_LINE]?.trim();
  return {
    pid,
    port: Number(lines[PORT_LINE] ?? 0),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  };
}

/** The process id in `postmaster.pid`, whether or not it still is (or ever was) a server's. */
export async function recordedPid(data: string): Promise<number | undefined> {
  return Number((await readPidFile(data))[PID_LINE]) || undefined;
}

async function readPidFile(data: string): Promise<string[]> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n');
}

/**
 * Whether a process is the server of a data directory. Asked of its command line, because process ids are reused, and
 * because a zombie that nobody reaps still takes signals but has no command line any more.
 */
export async function isPostmaster(pid: number, data: string): Promise<boolean> {
  const command =
    process.platform === 'linux'
      ? (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
      : (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout;
  return command.includes(`postgres -D ${data}`);
}

/**
 * Asks a server to close its connections, write everything down and end, and waits until it has.
 * @throws when this process may not signal it
 */
export async function stopPostmaster(pid: number, data: string): Promise<void> {
  if (await isPostmaster(pid, data)) kill(pid);
  while (await isPostmaster(pid, data)) await delay(5);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether there is a process of this id, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
