import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Fields of /proc/PID/stat after the name, which may hold blanks: the state, and the start in ticks since
 * boot.
 */
const STATE = 0;
const STARTED = 19;

/**
 * When a process began, which tells it from every other process that had or will have its id. Undefined when
 * there is no such process, or only a zombie.
 */
export async function processMark(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return stdout.trim() || undefined;
  }
  const [stat, boot] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || /[ZX]/.test(fields[STATE] ?? '')) return undefined;
  return `${boot.trim()}/${fields[STARTED]}`;
}
