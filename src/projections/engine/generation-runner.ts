import { Client } from 'pg';
import type { EventBatch } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { Projection } from '../projection';
import { BatchRunner, type PoisonOptions } from './batch-runner';
import { GenerationCheckpoint } from './generation-checkpoint';
import type { Generation } from './generations';

export interface RunnerOptions extends PoisonOptions {
  databaseUrl: string;
  /**
   * The server ends a transaction in which nothing is asked for so many milliseconds: its process is frozen,
   * and whoever takes over needs the rows that it has locked. Default: never
   */
  frozenAfterMs?: number;
}

/** Applies batches of the log to one generation, over a connection of its own. */
export class GenerationRunner {
  private constructor(
    readonly projection: Projection,
    private readonly client: Client,
    private readonly batches: BatchRunner<GenerationCheckpoint>,
  ) {}

  /** Opens a generation at the checkpoint that it had when it was read. */
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
    const checkpoint = await GenerationCheckpoint.at(client, generation);
    const batches = new BatchRunner({
      ...options,
      projection,
      checkpoint,
      onConnection: (work) => work(client),
    });
    return new GenerationRunner(projection, client, batches);
  }

  get generation(): Generation {
    return this.batches.checkpoint.generation;
  }

  get position(): Position {
    return this.batches.checkpoint.position;
  }

  /**
   * Applies what the generation has not seen of a batch. Events of types that the projection does not know
   * only move the checkpoint.
   * @throws CheckpointMovedError, PoisonEventError
   */
  async apply(batch: EventBatch): Promise<void> {
    if (batch.through <= this.position) return;
    const { batches } = this;
    await batches.apply(batches.taken(batches.checkpoint.unseen(batch.events)), {
      position: batch.through,
      recordedAt: batch.throughRecordedAt,
    });
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** Reads the checkpoint again, after somebody else was allowed to change the generation. */
  async refresh(): Promise<void> {
    const { projection, generation } = this.generation;
    this.batches.restart(await GenerationCheckpoint.read(this.client, projection, generation));
  }
}
