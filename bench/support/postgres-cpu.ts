import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { NotRunError } from './bench';

/** What Linux counts a process' time in, whatever the machine. */
const TICKS_PER_SECOND = 100;

/** Fields of /proc/<pid>/stat behind the name, which may hold anything: the first of them is the third. */
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14] as const;

/**
 * Processor time that a PostgreSQL server of this machine has taken since it was started, its sessions
 * included, in seconds.
 * @throws NotRunError where the system does not tell
 */
export async function postgresCpuSeconds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const postmaster = fieldOf(statOf(rows[0]?.pid), PARENT);
  const server = statOf(postmaster);
  // Those that have ended are counted with the one that had started them.
  let ticks = sum(server, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (fieldOf(stat, PARENT) === postmaster) ticks += sum(stat, USER, SYSTEM);
  }
  return ticks / TICKS_PER_SECOND;
}

/** undefined: there is no such process any more */
function statOf(pid: number | string | undefined): string[] | undefined {
  if (process.platform !== 'linux') throw new NotRunError('processor time of PostgreSQL is read from /proc');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const fieldOf = (stat: string[] | undefined, field: number): number => Number(stat?.[field] ?? Number.NaN);

const sum = (stat: string[] | undefined, ...fields: number[]): number =>
  fields.reduce((total, field) => total + fieldOf(stat, field), 0);
