import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { readSettings } from '../../event-store/settings-stream';
import type { PartitionBatch } from '../../feed/partition-batch';
import type { TopicPartition } from '../../feed/topic-partitions';
import type { EventTopic } from '../../kafka/topics';
import { FROZEN_AFTER_MS } from '../../postgres/advisory-lock';
import { createPool } from '../../postgres/pool';
import type { Generation } from '../engine/generations';
import { parkAndTell } from '../engine/park-and-tell';
import { PartitionsRunner } from '../engine/partitions-runner';
import type { AdvanceNotifier } from '../progress/advance';
import type { Projection } from '../projection';
import { topicsOf } from './event-topics';

/** One is at work, another one reads the checkpoint of a partition. */
const CONNECTIONS = 2;

export interface FedProjectionOptions {
  projection: Projection;
  /** the published one, which has a checkpoint for each partition */
  generation: Generation;
  databaseUrl: string;
  store: EventStore;
  logger: Logger;
  stopping: AbortSignal;
  notifier: AdvanceNotifier;
  /** how many partitions a topic has */
  countOf(topic: EventTopic): number;
}

/** A projection that Kafka feeds with the partitions that this process is given. */
export class FedProjection {
  private readonly topics: readonly EventTopic[];
  private readonly pool: Pool;
  private readonly runner: PartitionsRunner;

  constructor(private readonly options: FedProjectionOptions) {
    this.topics = topicsOf(options.projection);
    this.pool = openPool(options);
    const { projection, generation, store, logger, stopping } = options;
    const needsSettings = projection.eventTypes.includes('StoreConfigured');
    this.runner = new PartitionsRunner({
      projection,
      generation,
      pool: this.pool,
      settings: needsSettings ? () => readSettings(store) : undefined,
      ...parkAndTell(projection, logger, stopping),
    });
  }

  reads({ topic }: TopicPartition): boolean {
    return this.topics.includes(topic);
  }

  /**
   * Everything of a partition up to here is in the tables.
   * @throws CheckpointMovedError when Kafka does not feed the generation any more
   */
  position(partition: TopicPartition): Promise<Position> {
    return this.runner.position(partition);
  }

  /**
   * Applies batches, each of another partition, in one transaction, and announces how far they have come.
   * @throws CheckpointMovedError
   */
  async apply(batches: readonly PartitionBatch[]): Promise<void> {
    const read = batches.filter((batch) => this.reads(batch));
    if (read.length === 0) return;
    await this.runner.apply(read);
    const { notifier, countOf } = this.options;
    for (const { topic, partition } of read) {
      const position = await this.runner.position({ topic, partition });
      notifier.announcePartition(this.runner.generation, [topic, partition, countOf(topic), position]);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function openPool({ databaseUrl, generation: { projection, schema } }: FedProjectionOptions): Pool {
  return createPool({
    url: databaseUrl,
    max: CONNECTIONS,
    applicationName: `tidemark projection ${projection}`,
    settings: {
      search_path: schema,
      synchronous_commit: 'off',
      // Whoever takes over the partitions of a frozen process needs the rows that it has locked.
      idle_in_transaction_session_timeout: String(FROZEN_AFTER_MS),
    },
  });
}
