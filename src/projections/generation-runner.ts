import { Client } from 'pg';
import type { EventType } from '../domain/events';
import type { RecordedEvent } from '../event-store/event';
import type { EventBatch } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { park, parkedStreams } from './dead-letters';
import { CheckpointMovedError, ConnectionLostError, isDataError, PoisonEventError } from './errors';
import { findGeneration, type Generation } from './generations';
import type { Fold, Projection } from './projection';

export interface RunnerOptions {
  databaseUrl: string;
  /**
   * What to do with an event that the fold refuses: `park` its stream and go on (live: one bad order must not stop the
   * shop's numbers), or `stop` (a rebuild: nothing may be left out unseen).
   */
  onPoison: 'park' | 'stop';
  onParked?: (event: RecordedEvent, reason: string) => void;
}

/**
 * Keeps one generation: applies batches of the log to its tables, each in one transaction with the checkpoint.
 *
 * The checkpoint moves by compare-and-set on the generation's commit counter, so a second runner, a redelivered batch or a
 * generation that was switched away meanwhile cannot be applied twice: the transaction rolls back with CheckpointMovedError.
 */
export class GenerationRunner {
  private fold: Fold | undefined;
  private readonly eventTypes: ReadonlySet<EventType>;
  private parked = new Set<string>();

  private constructor(
    private readonly projection: Projection,
    private current: Generation,
    private readonly client: Client,
    private readonly options: RunnerOptions,
  ) {
    this.eventTypes = new Set(projection.eventTypes);
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
    // Losing the last commits in a power cut is harmless: rows and checkpoint go together, and the log still has the events.
    await client.query(`SET search_path TO ${generation.schema}; SET synchronous_commit TO off`);
    return new GenerationRunner(projection, generation, client, options);
  }

  get generation(): Generation {
    return this.current;
  }

  get position(): Position {
    return this.current.position;
  }

  /** Applies what the generation has not seen of a batch. Events of types it does not know only move the checkpoint. */
  async apply(batch: EventBatch): Promise<void> {
    if (batch.through <= this.position) return;
    const first = batch.events[0];
    const isNew = !first || first.position > this.position;
    const unseen = isNew ? batch.events : batch.events.filter((event) => event.position > this.position);
    const events = unseen.filter((event) => this.eventTypes.has(event.type));
    await this.applyRange(events, batch.through, batch.throughRecordedAt);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** Applies events and moves the checkpoint to `through`; when a fold refuses, halves the range until the culprit stands alone. */
  private async applyRange(events: RecordedEvent[], through: Position, recordedAt: number): Promise<void> {
    try {
      await this.commit(events, through, recordedAt, () => this.foldAll(events));
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.isolate(events, through, recordedAt, error as Error);
    }
  }

  private async isolate(
    events: RecordedEvent[],
    through: Position,
    recordedAt: number,
    error: Error,
  ): Promise<void> {
    const [culprit] = events;
    if (!culprit) throw error;
    if (events.length > 1) {
      const half = events.slice(0, events.length >> 1);
      const last = half[half.length - 1] as RecordedEvent;
      await this.applyRange(half, last.position, last.recordedAt);
      await this.applyRange(events.slice(half.length), through, recordedAt);
      return;
    }
    if (this.options.onPoison === 'stop') {
      throw new PoisonEventError(this.projection.name, culprit.stream, culprit.position, error.message);
    }
    await this.commit(events, through, recordedAt, () =>
      park(this.client, this.current, events, error.message),
    );
    this.parked.add(culprit.stream);
    this.options.onParked?.(culprit, error.message);
  }

  private async foldAll(events: RecordedEvent[]): Promise<void> {
    const fold = this.fold ?? (await this.openFold());
    if (this.parked.size === 0) return fold.apply(this.client, events);
    const waiting = events.filter((event) => this.parked.has(event.stream));
    if (waiting.length > 0) await park(this.client, this.current, waiting, null);
    await fold.apply(
      this.client,
      events.filter((event) => !this.parked.has(event.stream)),
    );
  }

  private async openFold(): Promise<Fold> {
    this.parked = await parkedStreams(this.client, this.current);
    this.fold = await this.projection.open(this.client);
    return this.fold;
  }

  private async commit(
    events: RecordedEvent[],
    position: Position,
    recordedAt: number,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      // The checkpoint alone is a transaction of its own.
      if (events.length > 0) {
        await this.client.query('BEGIN');
        await work();
      }
      await this.moveCheckpoint(position, recordedAt, events.length);
      if (events.length > 0) await this.client.query('COMMIT');
    } catch (error) {
      // What the fold remembers may be ahead of the tables now.
      this.fold = undefined;
      await this.client.query('ROLLBACK').catch((lost: Error) => {
        throw new ConnectionLostError(`Projection ${this.projection.name}: ${lost.message}`, {
          cause: error,
        });
      });
      throw error;
    }
    this.current = {
      ...this.current,
      position,
      recordedAt: new Date(recordedAt),
      events: this.current.events + events.length,
      commits: this.current.commits + 1n,
    };
  }

  private async moveCheckpoint(position: Position, recordedAt: number, events: number): Promise<void> {
    const { projection, generation, status, commits } = this.current;
    const { rowCount } = await this.client.query({
      name: 'move-checkpoint',
      text: `UPDATE tidemark.generations
                SET position = $1, recorded_at = $2, events = events + $3, commits = commits + 1
              WHERE projection = $4 AND generation = $5 AND status = $6 AND commits = $7`,
      values: [position, new Date(recordedAt), events, projection, generation, status, commits.toString()],
    });
    if (rowCount !== 1) {
      throw new CheckpointMovedError(`${projection} generation ${generation} was moved by another process`);
    }
  }

  /** Reads the generation's row again, after somebody else was allowed to change it. */
  async refresh(): Promise<void> {
    const { projection, generation } = this.current;
    const found = await findGeneration(this.client, projection, generation);
    if (!found) throw new CheckpointMovedError(`${projection} generation ${generation} is gone`);
    this.current = found;
    this.fold = undefined;
  }
}
