import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { projections } from '../../../src/projections/catalogue';
import {
  type PartitionProjectorOptions,
  startPartitionProjector,
} from '../../../src/projections/partition-projector';
import type { Projection } from '../../../src/projections/projection';
import { startProjector } from '../../../src/projections/projector';
import type { ProcessOptions } from './projector-process';

export const isPerKey = ({ ordering }: Projection): boolean => ordering === 'per-key';

/** What one process with the role `projector` runs where there is Kafka. */
export function startProjectors(options: Omit<PartitionProjectorOptions, 'projections'>): {
  stop(): Promise<void>;
} {
  const global = startProjector({ ...options, isFedElsewhere: isPerKey });
  const partitions = startPartitionProjector({ ...options, projections: projections.filter(isPerKey) });
  return {
    async stop() {
      await Promise.all([global.stop(), partitions.stop()]);
    },
  };
}

/** Resolves when every published read model has everything up to a position. */
export async function untilProjected(pool: Pool, position: string): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ behind: string }>(
      `SELECT $2 - count(*) AS behind FROM read.projections WHERE position >= $1`,
      [position, projections.length],
    );
    if (Number(rows[0]?.behind) === 0) return;
    await delay(50);
  }
}

const ROOT = join(__dirname, '../../..');

/** The same in a process of its own, which can be killed. */
export function spawnProjectors(databaseUrl: string, options: ProcessOptions): ChildProcess {
  return spawn(
    process.execPath,
    [
      join(ROOT, 'test/support/run-typescript.js'),
      join(__dirname, 'projector-process.ts'),
      databaseUrl,
      JSON.stringify(options),
    ],
    { stdio: ['ignore', process.env.LOG_LEVEL ? 'inherit' : 'ignore', 'inherit'] },
  );
}

export async function killAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
