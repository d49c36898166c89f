import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { EVENT_TOPICS, type EventTopic, type FoundTopic } from '../kafka/topics';
import { BridgeBlockedError } from './errors';

/** For each topic of events: its name, with the prefix, and the number of partitions to write to. */
export type TopicCounts = Record<EventTopic, { name: string; partitions: number }>;

/**
 * Settles how many partitions of each topic to write to: as many as at its first use. Another number would
 * move streams to other partitions and break their order. A topic that has just been created counts as new.
 * @throws BridgeBlockedError when a topic has fewer partitions than at its first use
 */
export async function settleTopicCounts(
  pool: Pool,
  found: readonly FoundTopic[],
  logger: Logger,
): Promise<TopicCounts> {
  const counts: Partial<TopicCounts> = {};
  for (const topic of EVENT_TOPICS) {
    const { name, partitions, created, compacted } = found.find((one) => one.topic === topic) as FoundTopic;
    const settled = await settle(pool, name, partitions, created);
    if (partitions < settled)
      throw new BridgeBlockedError(
        `Topic ${name} has ${partitions} partitions, and was first used with ${settled}. ` +
          'Give it as many again, or delete it, so that it is made and filled anew.',
      );
    if (partitions > settled)
      logger.warn(
        { topic: name, partitions, used: settled },
        'a topic has more partitions than it was first used with; events go to the first ones only, ' +
          'so that streams keep their order',
      );
    if (compacted)
      logger.warn(
        { topic: name },
        'a topic of events is compacted, which throws events away: set cleanup.policy=delete',
      );
    counts[topic] = { name, partitions: settled };
  }
  return counts as TopicCounts;
}

async function settle(pool: Pool, name: string, partitions: number, isNew: boolean): Promise<number> {
  const { rows } = await pool.query<{ partitions: number }>(
    `INSERT INTO tidemark.bridge_topics AS t (topic, partitions) VALUES ($1, $2)
     ON CONFLICT (topic) DO UPDATE SET partitions = CASE WHEN $3 THEN $2 ELSE t.partitions END
     RETURNING partitions`,
    [name, partitions, isNew],
  );
  return rows[0]?.partitions ?? partitions;
}
