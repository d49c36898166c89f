import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { EventStore } from '../../event-store/event-store';
import { readSettings } from '../../event-store/settings-stream';
import type { TopicPartition } from '../../feed/topic-partitions';
import type { EventTopic } from '../../kafka/topics';
import { FROZEN_AFTER_MS } from '../../postgres/advisory-lock';
import { createPool } from '../../postgres/pool';
import type { Generation } from '../engine/generations';
import { parkAndTell } from '../engine/park-and-tell';
import { PartitionRunner } from '../engine/partition-runner';
import type { Projection } from '../projection';
import { topicsOf } from './event-topics';

const CONNECTIONS = 4;

export interface FedProjectionOptions {
  projection: Projection;
  /** the published one, which has a checkpoint for each partition */
  generation: Generation;
  databaseUrl: string;
  store: EventStore;
  logger: Logger;
  stopping: AbortSignal;
}

/** A projection that Kafka feeds: a runner for each partition that this process is given. */
export class FedProjection {
  private readonly topics: readonly EventTopic[];
  private readonly pool: Pool;
  private readonly runners = new Map<string, Promise<PartitionRunner>>();

  constructor(private readonly options: FedProjectionOptions) {
    this.topics = topicsOf(options.projection);
    this.pool = openPool(options);
  }

  reads({ topic }: TopicPartition): boolean {
    return this.topics.includes(topic);
  }

  /**
   * The runner of a partition, which is opened when it is first asked for.
   * @throws CheckpointMovedError when Kafka does not feed the generation any more
   */
  runner(partition: TopicPartition): Promise<PartitionRunner> {
    const key = `${partition.topic} ${partition.partition}`;
    let runner = this.runners.get(key);
    if (runner === undefined) {
      runner = this.open(partition);
      runner.catch(() => this.runners.delete(key));
      this.runners.set(key, runner);
    }
    return runner;
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private open({ topic, partition }: TopicPartition): Promise<PartitionRunner> {
    const { projection, generation, store, logger, stopping } = this.options;
    const needsSettings = projection.eventTypes.includes('StoreConfigured');
    return PartitionRunner.open({
      projection,
      generation,
      partition: { topic, partition },
      pool: this.pool,
      settings: needsSettings ? () => readSettings(store) : undefined,
      ...parkAndTell(projection, logger, stopping),
    });
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
