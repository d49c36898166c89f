import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { allDone } from '../../concurrency/all-done';
import { keepTrying } from '../../concurrency/keep-trying';
import { pause } from '../../concurrency/pause';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readSettings } from '../../event-store/settings-stream';
import { type PartitionBatch, type PartitionReader, readPartitions } from '../../feed/kafka-feed';
import { partitionsOf, type TopicPartition } from '../../feed/topic-partitions';
import type { KafkaOptions } from '../../kafka/kafka-options';
import { partitionOf } from '../../kafka/partition-of';
import { sourceOf } from '../../kafka/record';
import { type EventTopic, topicOf } from '../../kafka/topics';
import { FROZEN_AFTER_MS } from '../../postgres/advisory-lock';
import { createPool } from '../../postgres/pool';
import type { Generation } from '../engine/generations';
import { parkAndTell } from '../engine/park-and-tell';
import { PartitionRunner } from '../engine/partition-runner';
import { AdvanceNotifier } from '../progress/advance';
import type { Projection } from '../projection';
import { topicsOf } from './event-topics';
import { handOver } from './hand-over';

const CONNECTIONS = 4;
const WAIT_MS = 250;
/**
 * One partition may fail at once and again while the others go on: reading goes well when it has done so for
 * this long.
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
  sessionTimeoutMs?: number;
}

export interface PartitionProjector {
  stop(): Promise<void>;
}

/**
 * Keeps the `per-key` projections live from Kafka, together with any number of other processes: the
 * partitions are dealt among them by a consumer group. After a failure it starts again from the checkpoints,
 * with growing pauses.
 */
export function startPartitionProjector(options: PartitionProjectorOptions): PartitionProjector {
  const stopping = new AbortController();
  const running = run(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function run(options: PartitionProjectorOptions, signal: AbortSignal): Promise<void> {
  const notifier = new AdvanceNotifier(options.pool);
  const readOnce = async (well: () => void) => {
    const reader = new ProjectionsReader(options, notifier, signal, well);
    try {
      await reader.read();
    } finally {
      await reader.close();
    }
  };
  await keepTrying(signal, readOnce, {
    logger: options.logger,
    failed: 'projector: reading Kafka failed',
    overtaken: 'projections moved, starting from their checkpoints',
  });
  await notifier.flush();
}

/** A projection whose published generation is fed from Kafka. */
interface Fed {
  projection: Projection;
  topics: readonly EventTopic[];
  generation: Generation;
  pool: Pool;
  runners: Map<string, Promise<PartitionRunner>>;
}

class ProjectionsReader implements PartitionReader {
  private fed: Fed[] = [];
  private partitionCounts = new Map<EventTopic, number>();
  /** aborted to start over: a projection that could not be fed can be now */
  private readonly over = new AbortController();
  private readonly begun = performance.now();

  constructor(
    private readonly options: PartitionProjectorOptions,
    private readonly notifier: AdvanceNotifier,
    private readonly stopping: AbortSignal,
    private readonly well: () => void,
  ) {}

  /** Reads until it is stopped, or has to start over. */
  async read(): Promise<void> {
    const { projections, kafka, store, logger, sessionTimeoutMs } = this.options;
    const topics = [...new Set(projections.flatMap(topicsOf))];
    const waiting = await this.openAll(projections);
    if (this.stopping.aborted) return;
    const retry = this.startOverWhenReady(waiting);
    try {
      await readPartitions(
        this,
        {
          kafka,
          topics,
          groupId: `${kafka.topicPrefix}tidemark-projectors`,
          source: sourceOf(await store.identity()),
          logger,
          sessionTimeoutMs,
        },
        AbortSignal.any([this.stopping, this.over.signal]),
      );
    } finally {
      this.over.abort();
      await retry;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.fed.map(({ pool }) => pool.end()));
  }

  async position(partition: TopicPartition): Promise<Position> {
    const runners = await Promise.all(this.readersOf(partition).map((fed) => this.runner(fed, partition)));
    return runners.map((runner) => runner.position).sort()[0] ?? '\uffff';
  }

  async apply(batch: PartitionBatch): Promise<void> {
    await allDone(
      this.readersOf(batch).map(async (fed) => {
        const runner = await this.runner(fed, batch);
        await runner.apply(batch);
        const { topic, partition } = batch;
        const count = this.partitionCounts.get(topic) ?? 1;
        this.notifier.announcePartition(runner.generation, [topic, partition, count, runner.position]);
      }),
    );
    if (performance.now() - this.begun >= WELL_AFTER_MS) this.well();
  }

  async fillGap(partition: TopicPartition): Promise<void> {
    const after = await this.position(partition);
    this.options.logger.warn(
      { ...partition, after },
      'records were deleted before they were read: reading the event store instead',
    );
    const count = this.partitionCounts.get(partition.topic) ?? 1;
    const ours = (stream: string) =>
      topicOf(stream) === partition.topic && partitionOf(stream, count) === partition.partition;
    for await (const batch of this.options.store.readAll(after || null, { batchSize: GAP_BATCH })) {
      const events = batch.events.filter(({ stream }) => ours(stream));
      await this.apply({ ...partition, ...batch, events });
    }
  }

  private readersOf({ topic }: TopicPartition): Fed[] {
    return this.fed.filter(({ topics }) => topics.includes(topic));
  }

  private runner(fed: Fed, partition: TopicPartition): Promise<PartitionRunner> {
    const key = `${partition.topic} ${partition.partition}`;
    const { projection, generation, pool, runners } = fed;
    let runner = runners.get(key);
    if (runner === undefined) {
      runner = PartitionRunner.open({
        projection,
        generation,
        pool,
        partition,
        ...parkAndTell(projection, this.options.logger),
        settings: projection.eventTypes.includes('StoreConfigured')
          ? () => readSettings(this.options.store)
          : undefined,
      });
      runner.catch(() => runners.delete(key));
      runners.set(key, runner);
    }
    return runner;
  }

  /** Waits for the topics, and takes over what can be fed from them. @returns those that cannot be yet */
  private async openAll(projections: readonly Projection[]): Promise<Projection[]> {
    const waiting: Projection[] = [];
    for (const projection of projections) {
      const generation = await this.takeOver(projection);
      if (generation === null) waiting.push(projection);
      else {
        const [topics, pool] = [topicsOf(projection), this.openPool(generation)];
        this.fed.push({ projection, topics, generation, pool, runners: new Map() });
      }
      if (this.stopping.aborted) break;
    }
    return waiting;
  }

  private async takeOver(projection: Projection): Promise<Generation | null> {
    const { pool, kafka } = this.options;
    for (;;) {
      const partitions = await partitionsOf(pool, kafka.topicPrefix, topicsOf(projection));
      if (partitions !== null) {
        for (const { topic, partition } of partitions) this.partitionCounts.set(topic, partition + 1);
        return handOver(pool, projection, partitions);
      }
      // The bridge makes the topics when it runs for the first time.
      await pause(WAIT_MS, this.stopping);
      if (this.stopping.aborted) return null;
    }
  }

  private openPool({ projection, schema }: Generation): Pool {
    return createPool({
      url: this.options.databaseUrl,
      max: CONNECTIONS,
      applicationName: `tidemark projection ${projection}`,
      settings: {
        search_path: schema,
        synchronous_commit: 'off',
        // Who takes the partitions of a frozen process over needs the rows that it has locked.
        idle_in_transaction_session_timeout: String(FROZEN_AFTER_MS),
      },
    });
  }

  private async startOverWhenReady(waiting: readonly Projection[]): Promise<void> {
    while (waiting.length > 0 && !this.over.signal.aborted && !this.stopping.aborted) {
      const signal = AbortSignal.any([this.over.signal, this.stopping]);
      await pause(WAIT_MS, signal);
      if (signal.aborted) return;
      // What fails here fails in the reading as well, and is told there.
      const ready = await Promise.all(waiting.map((one) => this.takeOver(one).catch(() => null)));
      if (ready.some((generation) => generation !== null)) this.over.abort();
    }
  }
}
