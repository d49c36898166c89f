import type { Position } from '../../event-store/position';
import { keyHash } from '../../kafka/partition-of';
import { EVENT_TOPICS, type EventTopic, topicOf } from '../../kafka/topics';

/** What of a stream decides on its partition, whatever their number is. */
export interface PartitionKey {
  topic: EventTopic;
  /** 31 bits */
  hash: number;
}

/** What a reader wants to see. */
export interface ConsistencyToken {
  position: Position;
  /** of the write's stream; without it everything up to the position is wanted */
  key?: PartitionKey;
}

const TOKEN = new RegExp(`^([^.]*)(?:\\.(${EVENT_TOPICS.join('|')})\\.([0-7][0-9a-f]{7}))?$`);

export function partitionKeyOf(stream: string): PartitionKey {
  return { topic: topicOf(stream), hash: keyHash(stream) };
}

/**
 * The token of a write where partitions matter: `<position>.<topic>.<hash>`. It does not hold the number of
 * partitions, which is the readers' to know.
 */
export function formatToken(position: Position, stream: string): string {
  const { topic, hash } = partitionKeyOf(stream);
  return `${position}.${topic}.${hash.toString(16).padStart(8, '0')}`;
}

/**
 * Reads a token, or a position alone. Whether the position is one is the caller's to check.
 * @returns null for what is neither
 */
export function parseToken(token: string): ConsistencyToken | null {
  const [, position, topic, hash] = TOKEN.exec(token) ?? [];
  if (position === undefined) return null;
  if (topic === undefined || hash === undefined) return { position };
  return { position, key: { topic: topic as EventTopic, hash: Number.parseInt(hash, 16) } };
}
