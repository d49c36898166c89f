import { join } from 'node:path';
import type { Position } from '../../event-store/position';
import type { WorkerStatus } from '../../graphql/worker-metrics';
import type { BackgroundRole } from '../config';
import type { Environment } from '../config-reader';
import type { Runtime } from '../runtime';
import { Worker, type WorkerState } from './worker';

export interface RunningWorkers {
  statuses(): readonly WorkerStatus[];
  /** of the exporter: how far the lake has the log; undefined while it is not known */
  lakePosition(): Position | undefined;
  /** Stops all at once. */
  stop(): Promise<void>;
}

/** Runs each role in a process of its own. */
export function startWorkers(
  { databaseUrl, logger }: Runtime,
  environment: Environment,
  roles: readonly BackgroundRole[],
): RunningWorkers {
  const module = join(__dirname, 'main.js');
  const work = { kind: 'work', environment: { ...environment }, databaseUrl } as const;
  const workers = roles.map((role) => new Worker({ role, module, work, logger }));
  return {
    statuses: () => workers.map(({ state }) => statusOf(state)),
    lakePosition: () => workers.find(({ state }) => state.role === 'exporter')?.state.beat?.lakePosition,
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

function statusOf({ role, pid, restarts, lastEnd, beat, earlierCpuSeconds }: WorkerState): WorkerStatus {
  return {
    role,
    status: pid === undefined ? 'ended' : beat ? 'running' : 'starting',
    pid,
    restarts,
    lastEnd: lastEnd && { reason: lastEnd.reason, at: new Date(lastEnd.at).toISOString() },
    cpuSeconds: earlierCpuSeconds + (beat?.cpuSeconds ?? 0),
    residentBytes: beat?.residentBytes ?? 0,
  };
}
