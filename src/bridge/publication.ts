import { type Position, START } from '../event-store/position';
import { LAST_PRODUCER_EPOCH, type PartitionClient, type ProducerIdentity } from '../kafka/partition-client';
import { type KafkaRecord, toTick } from '../kafka/record';
import { EVENT_TOPICS } from '../kafka/topics';
import { BridgeBlockedError } from './errors';
import type { Lease } from './lease';
import type { Step } from './steps';
import { readTail, type Tail, type Writer } from './tail';
import { isFenced, TargetWriter } from './target-writer';
import { createTargets, type Target, type Targets } from './targets';
import type { TopicCounts } from './topic-counts';

const TICK_MS = 500;

export interface PublicationOptions {
  client: PartitionClient;
  lease: Lease;
  /** `source` of every CloudEvent */
  source: string;
  topics: TopicCounts;
  /**
   * a partition gets a record or a tick at least this often while the log moves; milliseconds, default 500
   */
  tickMs?: number;
}

/**
 * A publication: the topics, ready for this process alone to write to. The first record that each partition
 * gets is a fence, which has a newer epoch of the producer. From then on the broker refuses what a former
 * bridge, or a former connection of our own, still has under way. What stands before the fence is therefore
 * final, and recovery reads the tail of each partition there.
 *
 * A publication does not outlive an error: after a failed send nobody knows what was written. The bridge then
 * opens a new publication, and only then.
 */
export class Publication {
  readonly targets: Targets;
  private readonly writer: TargetWriter;

  private constructor(
    private readonly options: PublicationOptions,
    producer: ProducerIdentity,
  ) {
    this.targets = createTargets(options.topics);
    this.writer = new TargetWriter(options.client, options.lease, producer);
  }

  /**
   * Fences former writers off and finds out how far each partition is.
   * @throws LeaseLostError, BridgeBlockedError, or the error of Kafka
   */
  static async open(options: PublicationOptions): Promise<Publication> {
    const { client, lease, topics } = options;
    await client.watch(EVENT_TOPICS.map((topic) => topics[topic].name));
    const closed = new Set<string>();
    for (let unsafe: string[] = []; ; ) {
      // First of all: a process that has lost the lease must not close the id of the new holder.
      let producer = await lease.nextProducer();
      if (producer === null && lease.producerId !== null) unsafe.push(lease.producerId);
      for (const id of unsafe) {
        await Publication.close(options, id);
        closed.add(id);
      }
      if (producer === null || closed.has(producer.id))
        producer = await lease.adopt(await client.newProducerId());
      const publication = new Publication(options, producer);
      unsafe = (await publication.recover()).filter((id) => !closed.has(id));
      if (unsafe.length === 0) return publication;
    }
  }

  /**
   * Closes a producer id: writes a fence with its last epoch to every partition, so that the broker refuses
   * whoever else has the id.
   */
  private static async close(options: PublicationOptions, id: string): Promise<void> {
    await new Publication(options, { id, epoch: LAST_PRODUCER_EPOCH }).fence();
  }

  /** Every partition has the log up to here. */
  get lowest(): Position {
    return this.partitions.map(({ tail }) => tail).sort()[0] ?? START;
  }

  /** of the lease */
  get epoch(): number {
    return this.options.lease.epoch;
  }

  get tickMs(): number {
    return this.options.tickMs ?? TICK_MS;
  }

  /**
   * Writes a step, and a tick to each partition that has had nothing for `tickMs`. Resolves when all replicas
   * have them.
   * @throws LeaseLostError, BatchRefusedError, or the error of Kafka
   */
  async send({ through, recordedAt, records }: Step): Promise<void> {
    const now = performance.now();
    const batches = new Map(records);
    for (const target of this.partitions)
      if (!batches.has(target) && target.published < through && now - target.sentAt >= this.tickMs)
        batches.set(target, [this.tick(through, recordedAt)]);
    await this.writer.write(batches);
  }

  /**
   * Writes a tick to each partition that does not say yet that it has the log up to `through`. Everything up
   * to there must have been sent.
   */
  async tickAll(through: Position, recordedAt: number): Promise<void> {
    const behind = this.partitions.filter(({ published }) => published < through);
    await this.writer.write(new Map(behind.map((target) => [target, [this.tick(through, recordedAt)]])));
  }

  private get partitions(): Target[] {
    return EVENT_TOPICS.flatMap((topic) => this.targets[topic]);
  }

  private tick(position: Position, recordedAt: number): KafkaRecord {
    return toTick(position, recordedAt, this.options.source, this.epoch);
  }

  /** Writes a fence to every partition. @returns the offset of each */
  private async fence(): Promise<Map<Target, bigint>> {
    const { partitions } = this;
    const offsets = await this.writer.write(new Map(partitions.map((each) => [each, [this.tick(START, 0)]])));
    return new Map(partitions.map((target, i) => [target, offsets[i] as bigint]));
  }

  /** @returns producer ids that must be closed before another attempt to recover */
  private async recover(): Promise<string[]> {
    try {
      return await this.readTails(await this.fence());
    } catch (error) {
      if (!isFenced(error)) throw error;
      // The lease says that we are the newest bridge, and Kafka knows a newer epoch of our id: somebody put
      // the database back to an older state.
      return [this.writer.producer.id];
    }
  }

  /** @returns producer ids under which another bridge could still write behind the tails */
  private async readTails(fences: ReadonlyMap<Target, bigint>): Promise<string[]> {
    const { client, lease } = this.options;
    const unsafe = new Set<string>();
    for (const topic of EVENT_TOPICS) {
      const targets = this.targets[topic];
      const { name } = this.options.topics[topic];
      const numbers = targets.map(({ partition }) => partition);
      const ranges = await client.offsets(name, numbers);
      for (const [i, target] of targets.entries()) {
        const range = { earliest: ranges[i]?.earliest ?? 0n, end: fences.get(target) ?? 0n };
        const tail = await readTail(client, name, target.partition, range, lease.confirmed);
        this.checkSource(name, tail);
        target.tail = tail.position;
        target.published = tail.position;
        for (const writer of tail.writers) if (this.isUnsafe(writer)) unsafe.add(writer.id);
      }
    }
    return [...unsafe];
  }

  /** @throws BridgeBlockedError when the topic was filled from another event store */
  private checkSource(name: string, { source }: Tail): void {
    if (source === null || source === this.options.source) return;
    throw new BridgeBlockedError(
      `Topic ${name} has events of another event store (${source}; this one is ${this.options.source}). ` +
        'Give another KAFKA_TOPIC_PREFIX, or delete the topic.',
    );
  }

  /**
   * Is it a bridge of this event store with a producer id that the lease does not know, and that nobody has
   * closed? Then the database was put back, and that bridge may still be at work.
   */
  private isUnsafe({ id, epoch, source }: Writer): boolean {
    const isOther = id !== this.writer.producer.id && source === this.options.source;
    return isOther && epoch < LAST_PRODUCER_EPOCH;
  }
}
