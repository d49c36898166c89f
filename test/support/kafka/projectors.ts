import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import pino from 'pino';
import { openKafka } from '../../../src/kafka/connection';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { projections } from '../../../src/projections/read-models/catalogue';
import { until } from '../until';
import type { ProcessOptions } from './projector-process';
import { spawnProcess } from './spawn-process';

/** Resolves when every published read model has everything up to a position. */
export async function untilProjected(pool: Pool, position: string): Promise<void> {
  await until(async () => {
    const { rows } = await pool.query<{ behind: string }>(
      `SELECT $2 - count(*) AS behind FROM read.projections WHERE position >= $1`,
      [position, projections.length],
    );
    return Number(rows[0]?.behind) === 0;
  }, `all read models to reach ${position}`);
}

/**
 * Waits until this many processes, and no others, have each their part of the partitions.
 * @param former members of the group: one of them at least is gone, although their number may be the same
 * @returns the group's members
 */
export async function untilDealt(
  kafka: KafkaOptions,
  processes: () => number,
  former: readonly string[] = [],
): Promise<string[]> {
  const { admin, close } = await openKafka(kafka, pino({ level: 'silent' }));
  try {
    for (;;) {
      // A new broker has no coordinator of groups before the first of them comes.
      const { groups } = await admin
        .describeGroups([`${kafka.topicPrefix}tidemark-projectors`])
        .catch(() => ({ groups: [] }));
      const [group] = groups;
      const members = group?.state === 'Stable' ? group.members.map(({ memberId }) => memberId) : [];
      const isAnew = former.length === 0 || former.some((member) => !members.includes(member));
      if (members.length > 0 && members.length === processes() && isAnew) return members;
      await delay(50);
    }
  } finally {
    await close();
  }
}

/** What keeps the projections live, in a process of its own, which can be killed. */
export function spawnProjectors(databaseUrl: string, options: ProcessOptions): ChildProcess {
  return spawnProcess('projector-process.ts', databaseUrl, options);
}

export async function killAll(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}
