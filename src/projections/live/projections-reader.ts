import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { allDone } from '../../concurrency/all-done';
import { Groups } from '../../concurrency/groups';
import { pause } from '../../concurrency/pause';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { type PartitionReader, readPartitions } from '../../feed/kafka-feed';
import type { PartitionBatch } from '../../feed/partition-batch';
import { nameOf, partitionsOf, type TopicPartition } from '../../feed/topic-partitions';
import type { KafkaOptions } from '../../kafka/kafka-options';
import { partitionOf } from '../../kafka/partition-of';
import { sourceOf } from '../../kafka/record';
import { type EventTopic, topicOf } from '../../kafka/topics';
import type { Generation } from '../engine/generations';
import type { AdvanceNotifier } from '../progress/advance';
import type { Projection } from '../projection';
import { topicsOf } from './event-topics';
import { FedProjection } from './fed-projection';
import { handOver } from './hand-over';

const LOOK_EVERY_MS = 250;
/**
 * A partition may fail at once after each start while the others go on. So reading counts as going well only
 * when it has done so for this long.
 */
const WELL_AFTER_MS = 10_000;
const GAP_BATCH = 5_000;

export interface PartitionProjectorOptions {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
  kafka: KafkaOptions;
  /** `per-key` ones */
  projections: readonly Projection[];
  logger: Logger;
  /** a process that is not heard of for so many milliseconds loses its partitions; default 10,000 */
  sessionTimeoutMs?: number;
}

interface ReaderOptions extends PartitionProjectorOptions {
  notifier: AdvanceNotifier;
  stopping: AbortSignal;
  /** is called when reading goes well */
  well: () => void;
}

/** Applies the partitions that this process is given to all projections that read them. */
export class ProjectionsReader implements PartitionReader {
  private fed: FedProjection[] = [];
  private partitionCounts = new Map<EventTopic, number>();
  /** aborted to start over: Kafka can feed a projection that it could not feed before */
  private readonly startOver = new AbortController();
  private readonly begunAt = performance.now();
  private readonly groups = new Groups<PartitionBatch>((batches) => this.applyGroup(batches));

  constructor(private readonly options: ReaderOptions) {}

  /** Reads until it is stopped, or has to start over. */
  async read(): Promise<void> {
    const { projections, kafka, store, logger, sessionTimeoutMs, stopping } = this.options;
    const waiting = await this.openAll(projections);
    if (stopping.aborted) return;
    const looking = this.startOverWhenReady(waiting);
    const feedOptions = {
      kafka,
      topics: [...new Set(projections.flatMap(topicsOf))],
      groupId: `${kafka.topicPrefix}tidemark-projectors`,
      source: sourceOf(await store.identity()),
      logger,
      sessionTimeoutMs,
    };
    try {
      await readPartitions(this, feedOptions, AbortSignal.any([stopping, this.startOver.signal]));
    } finally {
      this.startOver.abort();
      await looking;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.fed.map((fed) => fed.close()));
  }

  async position(partition: TopicPartition): Promise<Position> {
    const reading = this.fed.filter((fed) => fed.reads(partition));
    const positions = await Promise.all(reading.map((fed) => fed.position(partition)));
    return positions.sort()[0] ?? '\uffff';
  }

  apply(batch: PartitionBatch): Promise<void> {
    return this.groups.add(nameOf(batch), batch);
  }

  private async applyGroup(batches: readonly PartitionBatch[]): Promise<void> {
    await allDone(this.fed.map((fed) => fed.apply(batches)));
    if (performance.now() - this.begunAt >= WELL_AFTER_MS) this.options.well();
  }

  async fillGap(partition: TopicPartition): Promise<void> {
    const { store, logger } = this.options;
    const after = await this.position(partition);
    logger.warn(
      { ...partition, after },
      'records were deleted before they were read: reading the event store instead',
    );
    const count = this.countOf(partition.topic);
    const isInPartition = (stream: string) =>
      topicOf(stream) === partition.topic && partitionOf(stream, count) === partition.partition;
    for await (const batch of store.readAll(after || null, { batchSize: GAP_BATCH })) {
      const events = batch.events.filter(({ stream }) => isInPartition(stream));
      await this.apply({ ...partition, ...batch, events });
    }
  }

  private readonly countOf = (topic: EventTopic): number => this.partitionCounts.get(topic) ?? 1;

  /** Takes over every projection that Kafka can feed. @returns those that it cannot feed yet */
  private async openAll(projections: readonly Projection[]): Promise<Projection[]> {
    const waiting: Projection[] = [];
    for (const projection of projections) {
      const generation = await this.takeOver(projection);
      if (this.options.stopping.aborted) break;
      if (generation === null) waiting.push(projection);
      else
        this.fed.push(new FedProjection({ ...this.options, projection, generation, countOf: this.countOf }));
    }
    return waiting;
  }

  /** @returns null when no generation is published that this program can go on with, or it was stopped */
  private async takeOver(projection: Projection): Promise<Generation | null> {
    const { pool, kafka, stopping } = this.options;
    while (!stopping.aborted) {
      const partitions = await partitionsOf(pool, kafka.topicPrefix, topicsOf(projection));
      if (partitions !== null) {
        for (const { topic, partition } of partitions) this.partitionCounts.set(topic, partition + 1);
        return handOver(pool, projection, partitions);
      }
      // The bridge makes the topics when it runs for the first time.
      await pause(LOOK_EVERY_MS, stopping);
    }
    return null;
  }

  private async startOverWhenReady(waiting: readonly Projection[]): Promise<void> {
    if (waiting.length === 0) return;
    const signal = AbortSignal.any([this.startOver.signal, this.options.stopping]);
    while (!signal.aborted) {
      await pause(LOOK_EVERY_MS, signal);
      if (signal.aborted) return;
      // What fails here also fails in the reading, which reports it.
      const ready = await Promise.all(waiting.map((one) => this.takeOver(one).catch(() => null)));
      if (ready.some((generation) => generation !== null)) this.startOver.abort();
    }
  }
}
