import { readdirSync, readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { NotRunError } from './bench';

/** Whose processor time is measured. A process that is named in two ways counts once. */
export interface ProcessSet {
  /** this process alone, without those that it started */
  own?: boolean;
  /** pids of processes that are counted with all that they started, and that those started */
  trees?: readonly (number | undefined)[];
  /** connected to a PostgreSQL server of this machine, which is counted with its sessions */
  pool?: Pool;
}

/** Processor time, user and system together, since `startProcessorTime`. */
export interface ProcessorTime {
  seconds(): number;
  /** microseconds for each of so many events, orders or rows */
  perEvent(events: number): number;
}

/** What Linux counts a process' time in, whatever the machine. */
const TICKS_PER_SECOND = 100;

/** Fields of /proc/<pid>/stat behind the name, which may hold anything: the first of them is the third. */
const [PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM] = [1, 11, 12, 13, 14] as const;

/**
 * Begins to measure. The processes have to be alive when the time is asked for; of a program that ends by
 * itself, `BenchedProgram.end` tells it.
 * @throws NotRunError where the system does not tell
 */
export async function startProcessorTime({
  own = false,
  trees = [],
  pool,
}: ProcessSet): Promise<ProcessorTime> {
  if (process.platform !== 'linux') throw new NotRunError('processor time is read from /proc');
  const roots = [...trees, ...(pool === undefined ? [] : [await postmasterOf(pool)])].map(Number);
  const total = () => (own ? selfSeconds() : 0) + treeSeconds(roots);
  const before = total();
  const seconds = () => total() - before;
  return { seconds, perEvent: (events) => (seconds() * 1e6) / events };
}

async function postmasterOf(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return Number(statOf(Number(rows[0]?.pid))?.[PARENT]);
}

function selfSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** @throws Error when one of the processes has ended */
function treeSeconds(roots: readonly number[]): number {
  const stats = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    if (stat !== undefined) stats.set(Number(name), stat);
  }
  const children = new Map<number, number[]>();
  for (const [pid, stat] of stats) {
    const parent = stat[PARENT] ?? 0;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const counted = new Set<number>();
  const count = (pid: number): void => {
    if (counted.has(pid) || pid === process.pid) return;
    counted.add(pid);
    for (const child of children.get(pid) ?? []) count(child);
  };
  for (const root of roots) {
    if (!stats.has(root)) throw new Error(`Process ${root} has ended before its time was read`);
    count(root);
  }
  let ticks = 0;
  // A process that has ended is counted with the one that had started it.
  for (const pid of counted)
    for (const field of [USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM]) ticks += stats.get(pid)?.[field] ?? 0;
  return ticks / TICKS_PER_SECOND;
}

/** undefined: there is no such process any more */
function statOf(pid: number): number[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return undefined;
  }
}
