import type { Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { PartitionBatch, TopicPartition } from '../../feed/kafka-feed';
import type { Projection, ProjectionClient } from '../projection';
import { BatchRunner, type PoisonOptions, type Progress } from './batch-runner';
import { CheckpointMovedError, ConnectionLostError } from './errors';
import type { Generation } from './generations';

export interface PartitionRunnerOptions extends PoisonOptions {
  /**
   * The store's settings, for a projection that needs them: they lie in a partition of their own, and every
   * number of the others rests on them.
   */
  settings?: () => Promise<RecordedEvent | null>;
}

interface Checkpoint {
  position: Position;
  commits: bigint;
}

// The generation's row first, as everybody does who changes both: whoever comes second waits and cannot block
// the first. In a statement of its own, so that the next one sees what they have committed meanwhile.
const LOCK_GENERATION = `
SELECT FROM tidemark.generations
 WHERE projection = $1 AND generation = $2 AND status = 'active' AND commits = $3 FOR UPDATE`;

const MOVE_GENERATION = `
UPDATE tidemark.generations g
   SET position = greatest(g.position, low.position), events = g.events + $3,
       recorded_at = CASE WHEN low.position > g.position THEN low.recorded_at ELSE g.recorded_at END
  FROM (SELECT position, recorded_at
          FROM (SELECT position, recorded_at FROM tidemark.partition_checkpoints
                 WHERE projection = $1 AND generation = $2 AND NOT (topic = $4 AND partition = $5)
                 UNION ALL SELECT $6::text COLLATE "C", $7::timestamptz) every
         ORDER BY position LIMIT 1) low
 WHERE g.projection = $1 AND g.generation = $2
RETURNING g.position, g.recorded_at`;

const MOVE_PARTITION = `
UPDATE tidemark.partition_checkpoints SET position = $5, recorded_at = $6, commits = commits + 1
 WHERE projection = $1 AND generation = $2 AND topic = $3 AND partition = $4 AND commits = $7`;

/**
 * Applies the batches of one partition of Kafka to the published generation of a `per-key` projection, each
 * in one transaction with the partition's checkpoint. That moves by compare-and-set: a process that lost the
 * partition while it was stopped, and a batch that comes again, change nothing.
 */
export class PartitionRunner extends BatchRunner {
  private hasSettings = false;

  private constructor(
    projection: Projection,
    private current: Generation,
    /** connections whose search_path is the generation's schema */
    private readonly pool: Pool,
    private readonly partition: TopicPartition,
    private checkpoint: Checkpoint,
    private readonly options: PartitionRunnerOptions,
  ) {
    super(projection, options);
  }

  /** @throws CheckpointMovedError when the generation does not read this partition (any more) */
  static async open(
    projection: Projection,
    generation: Generation,
    pool: Pool,
    partition: TopicPartition,
    options: PartitionRunnerOptions,
  ): Promise<PartitionRunner> {
    const { rows } = await pool.query<{ position: Position; commits: string }>(
      `SELECT position, commits FROM tidemark.partition_checkpoints
        WHERE projection = $1 AND generation = $2 AND topic = $3 AND partition = $4`,
      [generation.projection, generation.generation, partition.topic, partition.partition],
    );
    const [row] = rows;
    if (!row) throw new CheckpointMovedError(`${generation.projection} is not fed from Kafka any more`);
    const checkpoint = { position: row.position, commits: BigInt(row.commits) };
    return new PartitionRunner(projection, generation, pool, partition, checkpoint, options);
  }

  override get generation(): Generation {
    return this.current;
  }

  get position(): Position {
    return this.checkpoint.position;
  }

  /** Applies what the partition's tables have not seen of a batch. */
  async apply(batch: PartitionBatch): Promise<void> {
    if (batch.through <= this.position) return;
    const unseen = batch.events.filter(
      (event) => event.position > this.position && event.type !== 'StoreConfigured',
    );
    const events = this.known(unseen);
    if (events.length > 0) await this.foldSettings();
    await this.applyRange(events, batch.through, batch.throughRecordedAt);
  }

  /**
   * Once, before the first event that may rest on them. They are older than it, so they leave the checkpoint
   * where it is.
   */
  private async foldSettings(): Promise<void> {
    if (this.hasSettings) return;
    const settings = (await this.options.settings?.()) ?? null;
    if (settings !== null) await this.applyRange([settings], this.position, settings.recordedAt);
    this.hasSettings = true;
  }

  protected override async withClient<T>(work: (client: ProjectionClient) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    let lost: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof ConnectionLostError) lost = error;
      throw error;
    } finally {
      client.release(lost);
    }
  }

  protected override async moveCheckpoint(client: ProjectionClient, progress: Progress): Promise<void> {
    const { projection, generation, commits } = this.current;
    const { topic, partition } = this.partition;
    const at = [progress.position, new Date(progress.recordedAt)];
    const locked = await client.query({
      name: 'lock-generation',
      text: LOCK_GENERATION,
      values: [projection, generation, commits.toString()],
    });
    const moved = await client.query<{ position: Position; recorded_at: Date | null }>({
      name: 'move-generation',
      text: MOVE_GENERATION,
      values: [projection, generation, progress.events, topic, partition, ...at],
    });
    const { rowCount } = await client.query({
      name: 'move-partition',
      text: MOVE_PARTITION,
      values: [projection, generation, topic, partition, ...at, this.checkpoint.commits.toString()],
    });
    const [row] = moved.rows;
    if (!row || locked.rowCount !== 1 || rowCount !== 1) {
      throw new CheckpointMovedError(
        `${projection} generation ${generation}, ${topic} ${partition}, was moved by another process`,
      );
    }
    this.current = { ...this.current, position: row.position, recordedAt: row.recorded_at };
  }

  protected override moved({ position }: Progress): void {
    this.checkpoint = { position, commits: this.checkpoint.commits + 1n };
  }
}
