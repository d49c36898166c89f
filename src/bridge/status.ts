import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { EventStore } from '../event-store/event-store';
import { readTopicCounts } from '../feed/topic-partitions';
import { openKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import { EVENT_TOPICS, type EventTopic } from '../kafka/topics';
import { type LeaseRow, readLease } from './lease-row';
import { readTail } from './tail';

export interface PartitionStatus {
  /** with its prefix */
  topic: string;
  partition: number;
  /** offset of the next record */
  offset: number;
  /** how far the partition has the log; '' before the first event */
  position: string;
  /** how many events the log has after `position`, of all partitions */
  lagEvents: number;
  /** from the recording of the event at `position` to that of the log's last event */
  lagSeconds: number;
}

export interface BridgeStatus extends Omit<LeaseRow, 'state' | 'reason'> {
  /** of the process that holds the lease; null: nobody holds it */
  state: LeaseRow['state'] | null;
  reason: string | null;
  /** the last event of the store; null when it is empty */
  head: { position: string; recordedAt: string } | null;
  /** without those of topics that do not exist yet */
  partitions: PartitionStatus[];
}

/**
 * Reads from the topics themselves how far each partition has the log.
 * @throws when Kafka or the database cannot be reached
 */
export async function bridgeStatus(
  { pool, store, logger }: { pool: Pool; store: EventStore; logger: Logger },
  kafka: KafkaOptions,
): Promise<BridgeStatus> {
  const lease = await readLease(pool);
  const connection = await openKafka(kafka, logger);
  try {
    const { admin, partitions: client } = connection;
    const counts = await readTopicCounts(pool);
    const existing = new Set(await admin.listTopics());
    const topics = EVENT_TOPICS.map((topic: EventTopic) => kafka.topicPrefix + topic).filter((name) =>
      existing.has(name),
    );
    await client.watch(topics);
    // Read after the lease, so that its confirmed position is never shown ahead of the log.
    const head = await store.head();
    const partitions: PartitionStatus[] = [];
    for (const topic of topics) {
      const { topics: described } = await admin.fetchTopicMetadata({ topics: [topic] });
      const used = counts.get(topic) ?? described[0]?.partitions.length ?? 0;
      const numbers = Array.from({ length: used }, (_, partition) => partition);
      const ranges = await client.offsets(topic, numbers);
      for (const partition of numbers) {
        const range = ranges[partition] ?? { earliest: 0n, end: 0n };
        const { position, recordedAt } = await readTail(client, topic, partition, range, lease.confirmed);
        const lagEvents = await store.countAfter(position || null);
        const behindMs = head && lagEvents > 0 ? head.recordedAt - (recordedAt ?? head.recordedAt) : 0;
        const lagSeconds = Math.max(0, behindMs) / 1000;
        partitions.push({ topic, partition, offset: Number(range.end), position, lagEvents, lagSeconds });
      }
    }
    const isHeld = lease.holder !== null;
    return {
      ...lease,
      state: isHeld ? lease.state : null,
      reason: isHeld ? lease.reason : null,
      head: head && { position: head.position, recordedAt: new Date(head.recordedAt).toISOString() },
      partitions,
    };
  } finally {
    await connection.close();
  }
}
