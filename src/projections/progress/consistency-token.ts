import type { Position } from '../../event-store/position';
import { keyHash } from '../../kafka/partition-of';
import { EVENT_TOPICS, type EventTopic, topicOf } from '../../kafka/topics';

/** What decides on the partition of a stream, whatever the number of partitions. */
export interface PartitionKey {
  topic: EventTopic;
  /** 31 bits */
  hash: number;
}

/** The write that an answer has to show. */
export interface ConsistencyToken {
  position: Position;
  /** of the write's stream; absent: the answer has to show everything up to the position */
  key?: PartitionKey;
}

const TOKEN = new RegExp(`^([^.]*)(?:\\.(${EVENT_TOPICS.join('|')})\\.([0-7][0-9a-f]{7}))?$`);

export function partitionKeyOf(stream: string): PartitionKey {
  return { topic: topicOf(stream), hash: keyHash(stream) };
}

/**
 * The token of a write where Kafka feeds a read model: `<position>.<topic>.<hash>`. The number of partitions
 * is not in it: the process that checks the token knows that.
 */
export function formatToken(position: Position, stream: string): string {
  const { topic, hash } = partitionKeyOf(stream);
  return `${position}.${topic}.${hash.toString(16).padStart(8, '0')}`;
}

/**
 * Reads a token, or a position alone. The caller has to check whether the position is one of its store.
 * @returns null for any other text
 */
export function parseToken(token: string): ConsistencyToken | null {
  const [, position, topic, hash] = TOKEN.exec(token) ?? [];
  if (position === undefined) return null;
  if (topic === undefined || hash === undefined) return { position };
  return { position, key: { topic: topic as EventTopic, hash: Number.parseInt(hash, 16) } };
}
