import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Logger } from 'pino';
import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { createKafka, openKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import type { PartitionClient } from '../kafka/partition-client';
import { fromRecord } from '../kafka/record';
import type { EventTopic } from '../kafka/topics';
import { findStart } from './partition-start';
import type { TopicPartition } from './topic-partitions';

export type { TopicPartition };

/** A run of one partition, in order. */
export interface PartitionBatch extends TopicPartition {
  events: RecordedEvent[];
  /** The partition has said that it has the log up to here; '' when it has said nothing. */
  through: Position;
  /** of the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** Who reads. A process may be given a partition, lose it, and be given it again. */
export interface PartitionReader {
  /** Everything of the partition up to here is known already. */
  position(partition: TopicPartition): Promise<Position>;
  /**
   * Takes what comes next. A batch may come again, here or in another process: the reader must not take it
   * twice.
   */
  apply(batch: PartitionBatch): Promise<void>;
  /**
   * Takes the partition's events from the event store instead, up to its end: Kafka has deleted some that
   * were not read.
   */
  fillGap(partition: TopicPartition): Promise<void>;
}

export interface KafkaFeedOptions {
  kafka: KafkaOptions;
  groupId: string;
  topics: readonly EventTopic[];
  /** `source` of the records that are wanted: those of another event store are an error */
  source: string;
  logger: Logger;
  /** a member that is not heard of for so long loses its partitions; default 10,000 */
  sessionTimeoutMs?: number;
}

const SESSION_TIMEOUT_MS = 10_000;
const PARTITIONS_AT_ONCE = 4;
const MAX_WAIT_MS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** A record of another event store: the topics were filled from one log and are read for another. */
export class ForeignRecordError extends Error {
  override readonly name = 'ForeignRecordError';
}

/**
 * What `per-key` projectors read: the partitions of Kafka's topics, dealt among the members of a consumer
 * group. Where reading begins is the reader's to say, never the group's committed offsets: those are for
 * people who watch the lag.
 *
 * Runs until `signal` aborts; whatever fails is thrown, and the caller starts again from the reader's
 * positions.
 */
export async function readPartitions(
  reader: PartitionReader,
  options: KafkaFeedOptions,
  signal: AbortSignal,
): Promise<void> {
  const { kafka, groupId, topics, logger } = options;
  const connection = await openKafka(kafka, logger);
  const consumer = createKafka(kafka, logger, { retry: { retries: 3, initialRetryTime: 100 } }).consumer({
    groupId,
    sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    heartbeatInterval: Math.floor((options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) / 5),
    rebalanceTimeout: 30_000,
    maxWaitTimeInMs: MAX_WAIT_MS,
    maxBytesPerPartition: MAX_BYTES,
    allowAutoTopicCreation: false,
    // Errors that kafkajs would try again by restarting itself come to us as well: see `fail`.
    retry: { retries: 3, initialRetryTime: 100, restartOnFailure: async () => false },
  });
  try {
    const names = topics.map((topic) => kafka.topicPrefix + topic);
    await connection.partitions.watch(names);
    const session = new Session(reader, options, consumer, connection.partitions);
    await consumer.connect();
    await consumer.subscribe({ topics: names, fromBeginning: true });
    await session.run(signal);
  } finally {
    await Promise.race([consumer.disconnect().catch(() => {}), delay(5_000, undefined, { ref: false })]);
    await connection.close();
  }
}

/** What is known of the partitions since the group was dealt last, by topic's name and partition. */
class Deal {
  /** where each is to be read from first, found once */
  readonly starts = new Map<string, Promise<bigint>>();
  /** those of which a batch has come */
  readonly begun = new Set<string>();
  /** of those the next offset */
  readonly next = new Map<string, bigint>();
}

class Session {
  private deal = new Deal();
  private failure: unknown;
  private readonly over = new AbortController();

  constructor(
    private readonly reader: PartitionReader,
    private readonly options: KafkaFeedOptions,
    private readonly consumer: Consumer,
    private readonly partitions: PartitionClient,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    const { consumer } = this;
    const { GROUP_JOIN, REBALANCING, CRASH } = consumer.events;
    consumer.on(REBALANCING, () => this.dealt({}));
    consumer.on(GROUP_JOIN, ({ payload }) => this.dealt(payload.memberAssignment));
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

  /** Ends the session: kafkajs is not to try a batch again by itself. */
  private fail(error: unknown): void {
    this.failure ??= error;
    this.over.abort();
  }

  private dealt(assignment: Record<string, number[]>): void {
    this.deal = new Deal();
    this.beginAll(assignment).catch((error: unknown) => this.fail(error));
  }

  /**
   * Sends the consumer to where each partition is to be read from. The group's offset may lie beyond that,
   * and then a partition in which nothing new is written would have no batch to find it out by.
   */
  private async beginAll(assignment: Record<string, number[]>): Promise<void> {
    const { deal } = this;
    for (const [name, partitions] of Object.entries(assignment))
      for (const partition of partitions) {
        const start = await this.startOf(name, partition);
        if (deal !== this.deal || this.over.signal.aborted) return;
        if (deal.begun.has(`${name} ${partition}`)) continue;
        this.consumer.seek({ topic: name, partition, offset: String(start) });
      }
  }

  private async eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset, heartbeat, isStale, isRunning } = payload;
    if (this.over.signal.aborted || !isRunning() || isStale()) return;
    try {
      const first = batch.firstOffset();
      if (first === null) return;
      if (!(await this.isNext(batch.topic, batch.partition, BigInt(first)))) return;
      const beat = setInterval(() => void heartbeat().catch(() => {}), 1_000);
      try {
        await this.reader.apply(this.decode(batch));
      } finally {
        clearInterval(beat);
      }
      this.deal.next.set(`${batch.topic} ${batch.partition}`, BigInt(batch.lastOffset()) + 1n);
      resolveOffset(batch.lastOffset());
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * Is this where the partition is to be read on? Otherwise the consumer is sent there, and the batch is not
   * for us.
   */
  private async isNext(name: string, partition: number, first: bigint): Promise<boolean> {
    const key = `${name} ${partition}`;
    const { begun, next } = this.deal;
    begun.add(key);
    const known = next.get(key);
    const expected = known ?? (await this.startOf(name, partition));
    next.set(key, expected);
    if (first === expected) return true;
    // Some offsets have no record, and the group may have been dealt anew meanwhile.
    if (known !== undefined && first > expected) {
      const [there] = await this.partitions.fetch(name, partition, expected);
      if (there !== undefined && BigInt(there.offset) >= first) return true;
    }
    this.consumer.seek({ topic: name, partition, offset: String(expected) });
    return false;
  }

  private startOf(name: string, partition: number): Promise<bigint> {
    const { starts } = this.deal;
    const key = `${name} ${partition}`;
    const start = starts.get(key) ?? this.findStart(name, partition);
    starts.set(key, start);
    return start;
  }

  private async findStart(name: string, partition: number): Promise<bigint> {
    const topicPartition = { topic: this.topicOf(name), partition };
    const known = await this.reader.position(topicPartition);
    const { offset, isGap } = await findStart(this.partitions, name, partition, known);
    if (isGap) await this.reader.fillGap(topicPartition);
    return offset;
  }

  private decode({ topic, partition, messages }: EachBatchPayload['batch']): PartitionBatch {
    const events: RecordedEvent[] = [];
    let through = '';
    let throughRecordedAt = 0;
    for (const message of messages) {
      const record = fromRecord(message);
      const { position, recordedAt } = record.kind === 'event' ? record.event : record;
      if (position && record.source !== this.options.source)
        throw new ForeignRecordError(
          `Topic ${topic} has records of ${record.source}, but the event store is ${this.options.source}. ` +
            'Give this store topics of its own with KAFKA_TOPIC_PREFIX.',
        );
      if (position <= through) continue;
      if (record.kind === 'event') events.push(record.event);
      through = position;
      throughRecordedAt = recordedAt;
    }
    return { topic: this.topicOf(topic), partition, events, through, throughRecordedAt };
  }

  private topicOf(name: string): EventTopic {
    return name.slice(this.options.kafka.topicPrefix.length) as EventTopic;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
