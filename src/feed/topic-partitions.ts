import type { Pool } from 'pg';
import type { EventTopic } from '../kafka/topics';

/** A partition of a topic of events. The topic's name has no prefix. */
export interface TopicPartition {
  topic: EventTopic;
  partition: number;
}

/** Names a partition; for maps and messages. */
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic} ${partition}`;

/**
 * Reads with how many partitions each topic was first used. The bridge writes to no others.
 * @returns by name of the topic, with its prefix
 */
export async function readTopicCounts(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ topic: string; partitions: number }>(
    'SELECT topic, partitions FROM tidemark.bridge_topics',
  );
  return new Map(rows.map(({ topic, partitions }) => [topic, partitions]));
}

/** All partitions of the topics; null while the bridge has not created one of the topics yet. */
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
