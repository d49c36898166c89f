import type { Pool } from 'pg';
import type { EventTopic } from '../kafka/topics';

/** A partition of a topic of events; the topic's name is without its prefix. */
export interface TopicPartition {
  topic: EventTopic;
  partition: number;
}

/**
 * The number of partitions that each topic, named with its prefix, was first used with: the bridge writes to
 * no others.
 */
export async function readTopicCounts(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ topic: string; partitions: number }>(
    'SELECT topic, partitions FROM tidemark.bridge_topics',
  );
  return new Map(rows.map(({ topic, partitions }) => [topic, partitions]));
}

/** All partitions of topics, or null while the bridge has not made one of them yet. */
export async function partitionsOf(
  pool: Pool,
  topicPrefix: string,
  topics: readonly EventTopic[],
): Promise<TopicPartition[] | null> {
  const counts = await readTopicCounts(pool);
  const partitions: TopicPartition[] = [];
  for (const topic of topics) {
    const count = counts.get(topicPrefix + topic);
    if (count === undefined) return null;
    for (let partition = 0; partition < count; partition++) partitions.push({ topic, partition });
  }
  return partitions;
}
