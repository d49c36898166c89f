import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import type { Position } from '../event-store/position';
import { createKafka, openKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import { decodeFetches } from '../kafka/own-fetch';
import type { PartitionClient } from '../kafka/partition-client';
import type { EventTopic } from '../kafka/topics';
import { Assignment, type ConsumerPartition } from './assignment';
import { decodeBatch, type PartitionBatch } from './partition-batch';
import type { TopicPartition } from './topic-partitions';

/** Reads partitions. A process may be assigned a partition, lose it, and be assigned it again. */
export interface PartitionReader {
  /** The reader knows everything of the partition up to this position. */
  position(partition: TopicPartition): Promise<Position>;
  /** Applies a batch. It may come again, here or in another process, and must not be applied twice. */
  apply(batch: PartitionBatch): Promise<void>;
  /**
   * Applies the partition's events from the event store instead, up to its end. Called when Kafka has deleted
   * records that the reader has not seen.
   */
  fillGap(partition: TopicPartition): Promise<void>;
}

export interface KafkaFeedOptions {
  kafka: KafkaOptions;
  groupId: string;
  topics: readonly EventTopic[];
  /** `source` that all records must have: those of another event store are an error */
  source: string;
  logger: Logger;
  /** a member that is silent for so long loses its partitions; milliseconds, default 10,000 */
  sessionTimeoutMs?: number;
}

const SESSION_TIMEOUT_MS = 10_000;
const PARTITIONS_AT_ONCE = 4;
const MAX_WAIT_MS = 100;
const MAX_BYTES_OF_PARTITION = 4 * 1024 * 1024;
/** For as many partitions as are worked on at once: one that gets nothing falls behind the others. */
const MAX_BYTES = PARTITIONS_AT_ONCE * MAX_BYTES_OF_PARTITION;
const DISCONNECT_WITHIN_MS = 5_000;

/**
 * What `per-key` projectors read: the partitions of Kafka's topics, which the consumer group assigns to its
 * members. The reader's positions say where to read, never the group's committed offsets: those only show
 * operators the lag.
 *
 * Runs until `signal` aborts. Throws every failure; the caller starts again from the reader's positions.
 */
export async function readPartitions(
  reader: PartitionReader,
  options: KafkaFeedOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kafka, topics, logger } = options;
  const connection = await openKafka(kafka, logger);
  const consumer = createConsumer(options);
  try {
    const names = topics.map((topic) => kafka.topicPrefix + topic);
    await connection.partitions.watch(names);
    const session = new Session(reader, options, consumer, connection.partitions);
    await consumer.connect();
    await consumer.subscribe({ topics: names, fromBeginning: true });
    await session.run(signal);
  } finally {
    const disconnected = consumer.disconnect().catch(() => {});
    await Promise.race([disconnected, delay(DISCONNECT_WITHIN_MS, undefined, { ref: false })]);
    await connection.close();
  }
}

function createConsumer({ kafka, groupId, logger, sessionTimeoutMs }: KafkaFeedOptions): Consumer {
  const sessionTimeout = sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  const retry = { retries: 3, initialRetryTime: 100 };
  return decodeFetches(createKafka(kafka, logger, { retry })).consumer({
    groupId,
    sessionTimeout,
    heartbeatInterval: Math.floor(sessionTimeout / 5),
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: MAX_BYTES_OF_PARTITION,
    maxBytes: MAX_BYTES,
    allowAutoTopicCreation: false,
    // kafkajs would restart itself after some errors. `Session.fail` ends the session instead.
    retry: { ...retry, restartOnFailure: async () => false },
  });
}

/** One membership in the consumer group, until `signal` aborts or something fails. */
class Session {
  private assignment: Assignment;
  private failure: unknown;
  private readonly over = new AbortController();

  constructor(
    private readonly reader: PartitionReader,
    private readonly options: KafkaFeedOptions,
    private readonly consumer: Consumer,
    private readonly partitions: PartitionClient,
  ) {
    this.assignment = this.newAssignment();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { consumer } = this;
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events;
    consumer.on(REBALANCING, () => this.reassign({}));
    consumer.on(GROUP_JOIN, ({ payload }) => this.reassign(payload.memberAssignment));
    consumer.on(CRASH, ({ payload: { error } }) => this.fail(error));
    const stopped = AbortSignal.any([signal, this.over.signal]);
    if (!stopped.aborted) {
      await consumer.run({
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        autoCommitInterval: 1_000,
        eachBatch: (payload) => this.eachBatch(payload),
      });
      await aborted(stopped);
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Ends the session, so that kafkajs does not repeat a batch by itself. */
  private fail(error: unknown): void {
    this.failure ??= error;
    this.over.abort();
  }

  /** @param assigned partitions by name of their topic */
  private reassign(assigned: Record<string, number[]>): void {
    this.assignment = this.newAssignment();
    this.seekToStarts(assigned).catch((error: unknown) => this.fail(error));
  }

  private newAssignment(): Assignment {
    const { reader } = this;
    const position = (at: ConsumerPartition) => reader.position(this.topicPartition(at));
    const fillGap = (at: ConsumerPartition) => reader.fillGap(this.topicPartition(at));
    return new Assignment({ position, fillGap }, this.partitions);
  }

  /**
   * Seeks each partition to its start. The group's committed offset may lie behind the start, and a partition
   * to which nothing is written would get no batch that shows it.
   */
  private async seekToStarts(assigned: Record<string, number[]>): Promise<void> {
    const { assignment } = this;
    for (const [name, partitions] of Object.entries(assigned))
      for (const partition of partitions) {
        const start = await assignment.startOf({ name, partition });
        if (assignment !== this.assignment || this.over.signal.aborted) return;
        if (assignment.hasBegun({ name, partition })) continue;
        this.consumer.seek({ topic: name, partition, offset: String(start) });
      }
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isStale, isRunning } = payload;
    if (this.over.signal.aborted || !isRunning() || isStale()) return;
    const at = { name: batch.topic, partition: batch.partition };
    try {
      const first = batch.firstOffset();
      if (first === null) return;
      const seekTo = await this.assignment.misplaced(at, BigInt(first));
      if (seekTo !== null) {
        this.consumer.seek({ topic: batch.topic, partition: batch.partition, offset: String(seekTo) });
        return;
      }
      const beat = setInterval(() => void heartbeat().catch(() => {}), 1_000);
      try {
        const partition = this.topicPartition(at);
        await this.reader.apply(decodeBatch(batch.messages, partition, batch.topic, this.options.source));
      } finally {
        clearInterval(beat);
      }
      this.assignment.applied(at, BigInt(batch.lastOffset()));
      resolveOffset(batch.lastOffset());
    } catch (error) {
      this.fail(error);
    }
  }

  private topicPartition({ name, partition }: ConsumerPartition): TopicPartition {
    const topic = name.slice(this.options.kafka.topicPrefix.length) as EventTopic;
    return { topic, partition };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
