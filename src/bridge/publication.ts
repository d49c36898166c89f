import { KafkaJSProtocolError } from 'kafkajs';
import { type Position, START } from '../event-store/position';
import {
  LAST_PRODUCER_EPOCH,
  type PartitionClient,
  type PartitionRecords,
  type ProducerIdentity,
} from '../kafka/partition-client';
import { type KafkaRecord, toTick } from '../kafka/record';
import { EVENT_TOPICS, type EventTopic } from '../kafka/topics';
import { BatchRefusedError, BridgeBlockedError, LeaseLostError } from './errors';
import type { Lease } from './lease';
import type { Step, TargetPartition, Targets } from './steps';
import { readTail, type Writer } from './tail';

const TICK_MS = 500;
const LAST_SEQUENCE = 2 ** 31 - 1;
const FENCED = 'INVALID_PRODUCER_EPOCH';
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

interface Partition extends TargetPartition {
  /** the partition says that it has the log up to here */
  published: Position;
  /** when it was last written to, by the monotonic clock */
  sentAt: number;
  /** of the producer's next record */
  sequence: number;
}

export interface PublicationOptions {
  client: PartitionClient;
  lease: Lease;
  /** of every CloudEvent */
  source: string;
  /** name (with prefix) and partitions of each topic */
  topics: Readonly<Record<EventTopic, { name: string; partitions: number }>>;
  /** a partition gets a record or a tick at least this often while the log moves; default 500 */
  tickMs?: number;
}

/**
 * The topics, ready to be written to by us alone. The first thing that each partition gets is a fence: a
 * record with a newer epoch of the producer, after which the broker refuses whatever a former bridge, or our
 * own former connection, still has under way. What stands before the fence is therefore final, and the tails
 * are read there.
 */
export class Publication {
  private constructor(
    private readonly options: PublicationOptions,
    private readonly producer: ProducerIdentity,
    readonly targets: Targets<Partition>,
  ) {}

  /**
   * Fences former writers off and recovers how far each partition is. After any error of a send, and only so,
   * a new publication is opened: what was written is not known then.
   * @throws LeaseLostError, BridgeBlockedError, or whatever Kafka has to say
   */
  static async open(options: PublicationOptions): Promise<Publication> {
    const { client, lease, topics } = options;
    await client.watch(EVENT_TOPICS.map((topic) => topics[topic].name));
    const closed = new Set<string>();
    for (let unsafe: string[] = []; ; ) {
      // First of all, because a lease that is lost must not close what the new holder sends under.
      let producer = await lease.nextProducer();
      if (producer === null && lease.producerId !== null) unsafe.push(lease.producerId);
      for (const id of unsafe) {
        await Publication.close(options, id);
        closed.add(id);
      }
      if (producer === null || closed.has(producer.id))
        producer = await lease.adopt(await client.newProducerId());
      const publication = new Publication(options, producer, toTargets(topics));
      unsafe = (await publication.begin()).filter((id) => !closed.has(id));
      if (unsafe.length === 0) return publication;
    }
  }

  /**
   * Leaves the last epoch of a producer id in every partition, so that the broker refuses whoever else has
   * the id.
   */
  private static async close(options: PublicationOptions, id: string): Promise<void> {
    const last = { id, epoch: LAST_PRODUCER_EPOCH };
    await new Publication(options, last, toTargets(options.topics)).fence();
  }

  /** Every partition has the log up to here. */
  get lowest(): Position {
    return this.partitions.map(({ tail }) => tail).sort()[0] ?? START;
  }

  get epoch(): number {
    return this.options.lease.epoch;
  }

  get tickMs(): number {
    return this.options.tickMs ?? TICK_MS;
  }

  /**
   * Writes a step, with a tick for partitions that have long had nothing, and resolves when all replicas have
   * it.
   * @throws LeaseLostError, BatchRefusedError, or whatever Kafka has to say
   */
  async send({ through, recordedAt, records }: Step<Partition>): Promise<void> {
    const now = performance.now();
    const batches = new Map(records);
    for (const partition of this.partitions)
      if (!batches.has(partition) && partition.published < through && now - partition.sentAt >= this.tickMs)
        batches.set(partition, [this.tick(through, recordedAt)]);
    await this.write(batches);
  }

  /**
   * Tells partitions that do not know it yet that they have the log up to a position. Everything up to there
   * must be sent.
   */
  async tickAll(through: Position, recordedAt: number): Promise<void> {
    const behind = this.partitions.filter(({ published }) => published < through);
    await this.write(new Map(behind.map((partition) => [partition, [this.tick(through, recordedAt)]])));
  }

  private get partitions(): Partition[] {
    return EVENT_TOPICS.flatMap((topic) => this.targets[topic]);
  }

  private tick(position: Position, recordedAt: number): KafkaRecord {
    return toTick(position, recordedAt, this.options.source, this.epoch);
  }

  private async fence(): Promise<Map<Partition, bigint>> {
    const partitions = this.partitions;
    const fence = () => [this.tick(START, 0)];
    const offsets = await this.write(new Map(partitions.map((partition) => [partition, fence()])));
    return new Map(partitions.map((partition, i) => [partition, offsets[i] as bigint]));
  }

  /** @returns producer ids that have to be closed, before all of this is done again */
  private async begin(): Promise<string[]> {
    try {
      return await this.recover(await this.fence());
    } catch (error) {
      if (!isRefusal(error, FENCED)) throw error;
      // The lease says that we are the newest, so its epoch is older than Kafka's: the database was put back
      // to an older state.
      return [this.producer.id];
    }
  }

  /** @returns producer ids under which somebody could still write what the tails do not show */
  private async recover(fences: Map<Partition, bigint>): Promise<string[]> {
    const { client, lease, source } = this.options;
    const others = new Set<string>();
    for (const topic of EVENT_TOPICS) {
      const partitions = this.targets[topic];
      const name = this.options.topics[topic].name;
      const ranges = await client.offsets(
        name,
        partitions.map(({ partition }) => partition),
      );
      for (const [i, target] of partitions.entries()) {
        const range = { earliest: ranges[i]?.earliest ?? 0n, end: fences.get(target) ?? 0n };
        const tail = await readTail(client, name, target.partition, range, lease.confirmed);
        if (tail.source !== null && tail.source !== source)
          throw new BridgeBlockedError(
            `Topic ${name} has events of another event store (${tail.source}; this one is ${source}). ` +
              'Give another KAFKA_TOPIC_PREFIX, or delete the topic.',
          );
        target.tail = tail.position;
        target.published = tail.position;
        for (const writer of tail.writers)
          if (this.isOther(writer) && writer.epoch < LAST_PRODUCER_EPOCH) others.add(writer.id);
      }
    }
    return [...others];
  }

  /**
   * A bridge of this event store, under a producer id that the lease does not know: the database was put
   * back.
   */
  private isOther({ id, source }: Writer): boolean {
    return id !== this.producer.id && source === this.options.source;
  }

  private async write(records: ReadonlyMap<Partition, KafkaRecord[]>): Promise<bigint[]> {
    if (records.size === 0) return [];
    const batches: PartitionRecords[] = [];
    for (const [target, own] of records) {
      if (target.sequence + own.length > LAST_SEQUENCE)
        throw new Error('The producer has used up its sequence numbers and needs a new epoch');
      const { name, partition, sequence } = target;
      batches.push({ topic: name, partition, firstSequence: sequence, records: own });
    }
    const { client, lease } = this.options;
    let offsets: bigint[];
    try {
      offsets = await client.produce(this.producer, batches, () => lease.check());
    } catch (error) {
      if (isRefusal(error, FENCED) && batches.some(({ firstSequence }) => firstSequence > 0))
        throw new LeaseLostError('A newer bridge is writing', { cause: error });
      if (error instanceof KafkaJSProtocolError && TOO_LARGE.has(error.type))
        throw new BatchRefusedError(error.message, { cause: error });
      throw error;
    }
    const now = performance.now();
    for (const [target, own] of records) {
      target.sequence += own.length;
      target.sentAt = now;
      target.published = own.at(-1)?.headers.position || target.published;
    }
    return offsets;
  }
}

function toTargets(topics: PublicationOptions['topics']): Targets<Partition> {
  const partitionsOf = (topic: EventTopic): Partition[] =>
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
    orders: partitionsOf('orders'),
    activity: partitionsOf('activity'),
    catalogue: partitionsOf('catalogue'),
  };
}

const isRefusal = (error: unknown, type: string): boolean =>
  error instanceof KafkaJSProtocolError && error.type === type;
