import { type Position, START } from '../event-store/position';
import { partitionOf } from '../kafka/partition-of';
import { type EventTopic, topicOf } from '../kafka/topics';
import type { TopicCounts } from './topic-counts';

/** A partition that a publication writes to, and how far it is. */
export interface Target {
  topic: EventTopic;
  /** of the topic, with its prefix */
  name: string;
  partition: number;
  /** how far the partition had the log before this publication wrote to it */
  tail: Position;
  /** how far the partition tells its readers that it has the log */
  published: Position;
  /** when it was last written to, by the monotonic clock; milliseconds */
  sentAt: number;
  /** sequence number of the producer's next record */
  sequence: number;
}

export type Targets = Readonly<Record<EventTopic, readonly Target[]>>;

/** The partitions of the topics, before anything is known of them. */
export function createTargets(topics: TopicCounts): Targets {
  const targetsOf = (topic: EventTopic): Target[] =>
    Array.from({ length: topics[topic].partitions }, (_, partition) => ({
      topic,
      name: topics[topic].name,
      partition,
      tail: START,
      published: START,
      sentAt: 0,
      sequence: 0,
    }));
  return {
    orders: targetsOf('orders'),
    activity: targetsOf('activity'),
    catalogue: targetsOf('catalogue'),
  };
}

/** The partition that a stream's events go to. */
export function targetOf(stream: string, targets: Targets): Target {
  const partitions = targets[topicOf(stream)];
  return partitions[partitionOf(stream, partitions.length)] as Target;
}
