import type { WorkerStatus } from '../graphql/worker-metrics';
import { type Finding, ok, warn } from './finding';

const CHECK = 'workers';
const ANSWER_WITHIN_MS = 2_000;
/** An end longer ago than this is history. */
const RECENT_MS = 3_600_000;

/** The processes of a server that runs, as its /readyz tells of them. */
export async function diagnoseWorkers(url: string): Promise<Finding[]> {
  let workers: [string, Told][];
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const told = (await answer.json()) as { workers?: Record<string, Told> };
    workers = Object.entries(told.workers ?? {});
  } catch (error) {
    return [warn(CHECK, `the server does not tell: ${(error as Error).message}`, 'Look into its log.')];
  }
  return workers.map(([role, told]) => findingOf(role, told));
}

type Told = Omit<WorkerStatus, 'role' | 'cpuSeconds' | 'residentBytes'>;

function findingOf(role: string, { status, pid, restarts, lastEnd }: Told): Finding {
  const runs = pid === undefined ? 'is being started again' : `${status}, pid ${pid}`;
  const again = restarts === 0 ? '' : `; started again ${restarts} ${restarts === 1 ? 'time' : 'times'}`;
  const last = lastEnd === undefined ? '' : `, last after it ended at ${lastEnd.at}: ${lastEnd.reason}`;
  const detail = `${role} ${runs}${again}${last}`;
  const isRecent = lastEnd !== undefined && Date.now() - Date.parse(lastEnd.at) < RECENT_MS;
  if (status !== 'ended' && !isRecent) return ok(CHECK, detail);
  return warn(CHECK, detail, 'The log of the server says more: `a worker ended`.');
}
