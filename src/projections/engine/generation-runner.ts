import { Client } from 'pg';
import type { EventBatch } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { Projection, ProjectionClient } from '../projection';
import { BatchRunner, type PoisonOptions, type Progress } from './batch-runner';
import { CheckpointMovedError } from './errors';
import { findGeneration, type Generation } from './generations';
import { PartitionPositions } from './partition-positions';

export interface RunnerOptions extends PoisonOptions {
  databaseUrl: string;
  /**
   * A transaction in which nothing is asked for so many milliseconds is ended by the server: its process is
   * frozen, and who takes over needs the rows that it has locked. Default: never
   */
  frozenAfterMs?: number;
}

/**
 * Keeps one generation: applies batches of the log to its tables, each in one transaction with the
 * checkpoint.
 *
 * The checkpoint moves by compare-and-set on the generation's commit counter, so a second runner, a
 * redelivered batch or a generation that was switched away meanwhile cannot be applied twice: the transaction
 * rolls back with CheckpointMovedError.
 *
 * A generation that was fed from Kafka last has its partitions at different positions. This runner leaves out
 * what a partition has already, and takes it over from the runners of its partitions, which find their
 * checkpoints moved.
 */
export class GenerationRunner extends BatchRunner {
  private constructor(
    projection: Projection,
    private current: Generation,
    private readonly client: Client,
    private partitions: PartitionPositions,
    options: RunnerOptions,
  ) {
    super(projection, options);
  }

  static async open(
    projection: Projection,
    generation: Generation,
    options: RunnerOptions,
  ): Promise<GenerationRunner> {
    const client = new Client({
      connectionString: options.databaseUrl,
      application_name: `tidemark projection ${projection.name}`,
    });
    // A lost connection fails the query under way; without a listener it would end the process.
    client.on('error', () => {});
    await client.connect();
    // Losing the last commits in a power cut is harmless: rows and checkpoint go together, and the log still
    // has the events.
    await client.query(`SET search_path TO ${generation.schema}; SET synchronous_commit TO off`);
    await client.query(`SET idle_in_transaction_session_timeout TO ${options.frozenAfterMs ?? 0}`);
    const partitions = await PartitionPositions.load(client, generation);
    return new GenerationRunner(projection, generation, client, partitions, options);
  }

  override get generation(): Generation {
    return this.current;
  }

  get position(): Position {
    return this.current.position;
  }

  /**
   * Applies what the generation has not seen of a batch. Events of types it does not know only move the
   * checkpoint.
   */
  async apply(batch: EventBatch): Promise<void> {
    if (batch.through <= this.position) return;
    const first = batch.events[0];
    const isNew = !this.partitions.any && (!first || first.position > this.position);
    const unseen = isNew
      ? batch.events
      : batch.events.filter((event) => event.position > this.partitions.passed(event, this.position));
    await this.applyRange(this.known(unseen), batch.through, batch.throughRecordedAt);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** Reads the generation's row again, after somebody else was allowed to change it. */
  async refresh(): Promise<void> {
    const { projection, generation } = this.current;
    const found = await findGeneration(this.client, projection, generation);
    if (!found) throw new CheckpointMovedError(`${projection} generation ${generation} is gone`);
    this.current = found;
    this.partitions = await PartitionPositions.load(this.client, found);
    this.forget();
  }

  protected override withClient<T>(work: (client: ProjectionClient) => Promise<T>): Promise<T> {
    return work(this.client);
  }

  protected override async moveCheckpoint(client: ProjectionClient, progress: Progress): Promise<void> {
    const { projection, generation, status, commits } = this.current;
    const { rowCount } = await client.query({
      name: 'move-checkpoint',
      text: `UPDATE tidemark.generations
                SET position = $1, recorded_at = $2, events = events + $3, commits = commits + 1
              WHERE projection = $4 AND generation = $5 AND status = $6 AND commits = $7`,
      values: [
        progress.position,
        new Date(progress.recordedAt),
        progress.events,
        projection,
        generation,
        status,
        commits.toString(),
      ],
    });
    if (rowCount !== 1) {
      throw new CheckpointMovedError(`${projection} generation ${generation} was moved by another process`);
    }
    if (this.partitions.any) await this.partitions.bringTo(client, this.current, progress);
  }

  protected override moved({ position, recordedAt, events }: Progress): void {
    this.partitions = this.partitions.after(position);
    this.current = {
      ...this.current,
      position,
      recordedAt: new Date(recordedAt),
      events: this.current.events + events,
      commits: this.current.commits + 1n,
    };
  }
}
