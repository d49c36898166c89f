import type { Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { PartitionBatch } from '../../feed/partition-batch';
import type { TopicPartition } from '../../feed/topic-partitions';
import type { Projection, ProjectionClient } from '../projection';
import { BatchRunner, type PoisonOptions } from './batch-runner';
import { ConnectionLostError } from './errors';
import type { Generation } from './generations';
import { PartitionCheckpoint } from './partition-checkpoint';

export interface PartitionRunnerOptions extends PoisonOptions {
  projection: Projection;
  /** the published one */
  generation: Generation;
  partition: TopicPartition;
  /** connections whose search_path is the generation's schema */
  pool: Pool;
  /**
   * Reads the store's settings, for a projection that needs them: they are in a partition of their own, and
   * the amounts of all others rest on them.
   */
  settings?: () => Promise<RecordedEvent | null>;
}

/**
 * Applies the batches of one partition of Kafka to the published generation of a `per-key` projection. A
 * process that lost the partition while it was stopped, and a batch that comes again, change nothing.
 */
export class PartitionRunner {
  private hasSettings = false;

  private constructor(
    private readonly batches: BatchRunner,
    private readonly settings: PartitionRunnerOptions['settings'],
  ) {}

  /** @throws CheckpointMovedError when Kafka does not feed the generation any more */
  static async open(options: PartitionRunnerOptions): Promise<PartitionRunner> {
    const { generation, partition, pool, settings } = options;
    const checkpoint = await PartitionCheckpoint.read(pool, generation, partition);
    const onConnection = (work: (client: ProjectionClient) => Promise<void>) => onPool(pool, work);
    return new PartitionRunner(new BatchRunner({ ...options, checkpoint, onConnection }), settings);
  }

  get generation(): Generation {
    return this.batches.checkpoint.generation;
  }

  get position(): Position {
    return this.batches.checkpoint.position;
  }

  /**
   * Applies what the partition has not seen of a batch.
   * @throws CheckpointMovedError
   */
  async apply(batch: PartitionBatch): Promise<void> {
    if (batch.through <= this.position) return;
    const events = this.batches.due(batch.events).filter(({ type }) => type !== 'StoreConfigured');
    if (events.length > 0) await this.foldSettings();
    await this.batches.apply(events, { position: batch.through, recordedAt: batch.throughRecordedAt });
  }

  /**
   * Folds the settings once, before the first event that may rest on them. They are older than that event, so
   * the checkpoint stays where it is.
   */
  private async foldSettings(): Promise<void> {
    if (this.hasSettings) return;
    const settings = (await this.settings?.()) ?? null;
    if (settings !== null)
      await this.batches.apply([settings], { position: this.position, recordedAt: settings.recordedAt });
    this.hasSettings = true;
  }
}

/** Gives a connection back to the pool, which closes it where it was lost. */
async function onPool(pool: Pool, work: (client: ProjectionClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let lost: Error | undefined;
  try {
    await work(client);
  } catch (error) {
    if (error instanceof ConnectionLostError) lost = error;
    throw error;
  } finally {
    client.release(lost);
  }
}
