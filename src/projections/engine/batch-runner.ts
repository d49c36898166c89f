import type { EventType } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { Fold, Projection, ProjectionClient } from '../projection';
import { park, parkedStreams } from './dead-letters';
import { ConnectionLostError, isDataError, PoisonEventError } from './errors';
import type { Generation } from './generations';
import { skippedPositions } from './skipped-events';

export interface PoisonOptions {
  /**
   * What to do with an event that the fold refuses: `park` its stream and go on (live: one bad order must not
   * stop the shop's numbers), or `stop` (a rebuild: nothing may be left out unseen).
   */
  onPoison: 'park' | 'stop';
  onParked?: (event: RecordedEvent, reason: string) => void;
}

/** How far a transaction brings a checkpoint. */
export interface Progress {
  position: Position;
  /** of the event at `position`, Unix milliseconds */
  recordedAt: number;
  /** events that the transaction folds */
  events: number;
}

/**
 * Folds batches into the tables of a generation, each in one transaction with its checkpoint. Where the
 * checkpoint is kept, and on which connection the transaction runs, is up to those who extend it.
 */
export abstract class BatchRunner {
  private readonly eventTypes: ReadonlySet<EventType>;
  private fold: Fold | undefined;
  private parked = new Set<string>();
  private skipped = new Set<Position>();

  protected constructor(
    readonly projection: Projection,
    private readonly poison: PoisonOptions,
  ) {
    this.eventTypes = new Set(projection.eventTypes);
  }

  /** What the fold writes to. */
  abstract get generation(): Generation;

  /** Runs a transaction's statements on one connection whose search_path is the generation's schema. */
  protected abstract withClient<T>(work: (client: ProjectionClient) => Promise<T>): Promise<T>;

  /** Moves the checkpoint by compare-and-set, within the transaction. @throws CheckpointMovedError */
  protected abstract moveCheckpoint(client: ProjectionClient, progress: Progress): Promise<void>;

  /** The transaction is committed. */
  protected abstract moved(progress: Progress): void;

  /** What the fold remembers is stale: the tables may have been changed by others. */
  protected forget(): void {
    this.fold = undefined;
  }

  /** Events of types that the projection knows. */
  protected known(events: readonly RecordedEvent[]): RecordedEvent[] {
    return events.filter((event) => this.eventTypes.has(event.type));
  }

  /**
   * Applies events and moves the checkpoint to `through`; when a fold refuses, halves the range until the
   * culprit stands alone.
   */
  protected async applyRange(events: RecordedEvent[], through: Position, recordedAt: number): Promise<void> {
    const progress = { position: through, recordedAt, events: events.length };
    try {
      await this.commit(progress, (client) => this.foldAll(client, events));
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.isolate(events, progress, error as Error);
    }
  }

  private async isolate(events: RecordedEvent[], progress: Progress, error: Error): Promise<void> {
    const [culprit] = events;
    if (!culprit) throw error;
    if (events.length > 1) {
      const half = events.slice(0, events.length >> 1);
      const last = half[half.length - 1] as RecordedEvent;
      await this.applyRange(half, last.position, last.recordedAt);
      await this.applyRange(events.slice(half.length), progress.position, progress.recordedAt);
      return;
    }
    if (this.poison.onPoison === 'stop') {
      throw new PoisonEventError(this.projection.name, culprit.stream, culprit.position, error.message);
    }
    await this.commit(progress, (client) => park(client, this.generation, events, error.message));
    this.parked.add(culprit.stream);
    this.poison.onParked?.(culprit, error.message);
  }

  private async foldAll(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const fold = this.fold ?? (await this.openFold(client));
    const due =
      this.skipped.size === 0 ? events : events.filter(({ position }) => !this.skipped.has(position));
    const waiting = this.parked.size === 0 ? [] : due.filter(({ stream }) => this.parked.has(stream));
    if (waiting.length > 0) await park(client, this.generation, waiting, null);
    const taken = waiting.length === 0 ? due : due.filter(({ stream }) => !this.parked.has(stream));
    if (taken.length > 0) await fold.apply(client, taken);
  }

  private async openFold(client: ProjectionClient): Promise<Fold> {
    this.parked = await parkedStreams(client, this.generation);
    this.skipped = await skippedPositions(client, this.generation);
    this.fold = await this.projection.open(client);
    return this.fold;
  }

  private async commit(progress: Progress, work: (client: ProjectionClient) => Promise<void>): Promise<void> {
    await this.withClient(async (client) => {
      await client.query('BEGIN');
      try {
        if (progress.events > 0) await work(client);
        await this.moveCheckpoint(client, progress);
        await client.query('COMMIT');
      } catch (error) {
        // What the fold remembers may be ahead of the tables now.
        this.forget();
        await client.query('ROLLBACK').catch((lost: Error) => {
          throw new ConnectionLostError(`Projection ${this.projection.name}: ${lost.message}`, {
            cause: error,
          });
        });
        throw error;
      }
    });
    this.moved(progress);
  }
}
