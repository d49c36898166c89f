import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A running server, as its `postmaster.pid` describes it. */
export interface Postmaster {
  pid: number;
  port: number;
  status: 'starting' | 'ready' | 'stopping';
}

const PID_LINE = 0;
const PORT_LINE = 3;
const STATUS_LINE = 7;

export interface PidFile {
  /** the server that runs on the data directory */
  running?: Postmaster;
  /** the process id in a file that a dead server left behind; by now it may be another program's */
  stalePid?: number;
}

/** Reads `postmaster.pid`, and checks whether its process still runs. */
export async function readPidFile(data: string): Promise<PidFile> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  // A server in single-user mode writes its process id as a negative number.
  const pid = Math.abs(Number(lines[PID_LINE]));
  if (!pid) return {};
  if (!(await isPostmaster(pid, data))) return { stalePid: pid };
  const status = lines[STATUS_LINE]?.trim();
  return {
    running: {
      pid,
      port: Number(lines[PORT_LINE] ?? 0),
      status: status === 'ready' || status === 'stopping' ? status : 'starting',
    },
  };
}

/** The server that runs on a data directory, undefined when none does. */
export async function findPostmaster(data: string): Promise<Postmaster | undefined> {
  return (await readPidFile(data)).running;
}

/**
 * Whether a process is the server of a data directory, by its command line. Its id alone does not tell: ids
 * are reused, and a zombie still takes signals but has no command line.
 */
export async function isPostmaster(pid: number, data: string): Promise<boolean> {
  return (await commandLine(pid)).includes(`postgres -D ${data}`);
}

/** The command line of a process; empty when there is no such process. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch((error) => {
      // ps ends with 1 when there is no such process.
      if (error.code === 1) return { stdout: '' };
      throw error;
    });
    return stdout;
  }
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ');
  } catch (error) {
    if (/^(ENOENT|ESRCH)$/.test((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/**
 * Stops a server in order (PostgreSQL's fast shutdown), and waits for its end.
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

/** Whether there is a process of this id, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
