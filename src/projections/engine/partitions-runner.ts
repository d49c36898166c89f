import type { Pool } from 'pg';
import { Turns } from '../../concurrency/turns';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import { inLogOrder, type PartitionBatch } from '../../feed/partition-batch';
import type { TopicPartition } from '../../feed/topic-partitions';
import type { Projection, ProjectionClient } from '../projection';
import { BatchRunner, type PoisonOptions } from './batch-runner';
import { ConnectionLostError } from './errors';
import type { Generation } from './generations';
import { PartitionsCheckpoint } from './partitions-checkpoint';

export interface PartitionsRunnerOptions extends PoisonOptions {
  projection: Projection;
  /** the published one */
  generation: Generation;
  /** connections whose search_path is the generation's schema */
  pool: Pool;
  /**
   * Reads the store's settings, for a projection that needs them: they are in a partition of their own, and
   * the amounts of all others rest on them.
   */
  settings?: () => Promise<RecordedEvent | null>;
}

/**
 * Applies batches of Kafka's partitions to the published generation of a `per-key` projection. A process that
 * lost a partition while it was stopped, and a batch that comes again, change nothing.
 */
export class PartitionsRunner {
  private readonly batches: BatchRunner<PartitionsCheckpoint>;
  /** One at a time changes the checkpoint. */
  private readonly turns = new Turns(1);
  private hasSettings = false;

  constructor(private readonly options: PartitionsRunnerOptions) {
    const { generation, pool } = options;
    const checkpoint = PartitionsCheckpoint.of(generation);
    const onConnection = (work: (client: ProjectionClient) => Promise<void>) => onPool(pool, work);
    this.batches = new BatchRunner({ ...options, checkpoint, onConnection });
  }

  get generation(): Generation {
    return this.batches.checkpoint.generation;
  }

  /**
   * Everything of a partition up to here is in the tables. It is read when a partition is first asked for.
   * @throws CheckpointMovedError when Kafka does not feed the generation any more
   */
  position(partition: TopicPartition): Promise<Position> {
    return this.turns.run(() => this.opened(partition));
  }

  /**
   * Applies what is new of some batches, each of another partition, in one transaction.
   * @throws CheckpointMovedError
   */
  apply(batches: readonly PartitionBatch[]): Promise<void> {
    return this.turns.run(async () => {
      const ends: PartitionBatch[] = [];
      for (const batch of batches) {
        const position = await this.opened(batch);
        if (batch.through > position) ends.push({ ...batch, events: unseen(batch.events, position) });
      }
      if (ends.length === 0) return;
      const events = this.batches.taken(inLogOrder(ends)).filter(({ type }) => type !== 'StoreConfigured');
      if (events.length > 0) await this.foldSettings();
      const last = ends.reduce((high, end) => (end.through > high.through ? end : high));
      await this.batches.apply(events, {
        position: last.through,
        recordedAt: last.throughRecordedAt,
        ends,
      });
    });
  }

  private async opened(partition: TopicPartition): Promise<Position> {
    const known = this.batches.checkpoint.positionOf(partition);
    if (known !== undefined) return known;
    const read = await this.batches.checkpoint.with(this.options.pool, partition);
    // Whoever had the partition before may have parked streams of it.
    this.batches.restart(read);
    return read.positionOf(partition) as Position;
  }

  /**
   * Folds the settings once, before the first event that may rest on them. They are older than that event, so
   * the checkpoints stay where they are.
   */
  private async foldSettings(): Promise<void> {
    if (this.hasSettings) return;
    const settings = (await this.options.settings?.()) ?? null;
    if (settings !== null)
      await this.batches.apply([settings], {
        position: settings.position,
        recordedAt: settings.recordedAt,
      });
    this.hasSettings = true;
  }
}

function unseen(events: RecordedEvent[], position: Position): RecordedEvent[] {
  // They are in order, and mostly all new: comparing each would cost as much as folding some.
  const [first] = events;
  if (first === undefined || first.position > position) return events;
  return events.filter((event) => event.position > position);
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
