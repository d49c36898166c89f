import type { EventType } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { Fold, Projection, ProjectionClient } from '../projection';
import type { Checkpoint, CheckpointStep } from './checkpoint';
import { park, parkedStreams } from './dead-letters';
import { ConnectionLostError, isDataError, PoisonEventError } from './errors';
import { skippedPositions } from './skipped-events';

export interface PoisonOptions {
  /**
   * What to do with an event that the fold refuses: `park` its stream and go on (live: one bad order must not
   * stop the shop's numbers), or `stop` (a rebuild: nothing may be left out unseen).
   */
  onPoison: 'park' | 'stop';
  onParked?: (event: RecordedEvent, reason: string) => void;
  /** Aborts the parking of a batch, which may have hundreds of refused events. */
  signal?: AbortSignal;
}

/** Up to where a range of the log goes. */
type RangeEnd = Omit<CheckpointStep, 'events'>;

export interface BatchRunnerOptions<C extends Checkpoint<C>> extends PoisonOptions {
  projection: Projection;
  checkpoint: C;
  /** Runs a transaction's statements on one connection whose search_path is the generation's schema. */
  onConnection: (work: (client: ProjectionClient) => Promise<void>) => Promise<void>;
}

/**
 * Folds batches into the tables of a generation. The rows of a batch and the checkpoint are one transaction,
 * so neither is ever ahead of the other, whatever dies.
 */
export class BatchRunner<C extends Checkpoint<C>> {
  private readonly eventTypes: ReadonlySet<EventType>;
  private current: C;
  private fold: Fold | undefined;
  private parked = new Set<string>();
  private skipped = new Set<string>();

  constructor(private readonly options: BatchRunnerOptions<C>) {
    this.eventTypes = new Set(options.projection.eventTypes);
    this.current = options.checkpoint;
  }

  get checkpoint(): C {
    return this.current;
  }

  /** Goes on from a checkpoint that was read again, because others may have changed the tables. */
  restart(checkpoint: C): void {
    this.current = checkpoint;
    this.forget();
  }

  /** The events that have to be folded: those of the projection's types. */
  taken(events: readonly RecordedEvent[]): RecordedEvent[] {
    return events.filter((event) => this.eventTypes.has(event.type));
  }

  /**
   * Folds events and moves the checkpoint. When the fold refuses, halves the range until the refused event
   * stands alone.
   * @throws PoisonEventError at a refused event, where poison is not parked; CheckpointMovedError; the reason
   *   of `signal` when it aborts between two parkings. The checkpoint then stands behind what was applied
   */
  async apply(events: RecordedEvent[], to: RangeEnd): Promise<void> {
    try {
      await this.commit({ ...to, events: events.length }, (client) => this.foldEvents(client, events));
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.isolate(events, to, error as Error);
    }
  }

  private async isolate(events: RecordedEvent[], to: RangeEnd, error: Error): Promise<void> {
    const [poison] = events;
    if (!poison) throw error;
    if (events.length > 1) {
      const half = events.slice(0, events.length >> 1);
      const { position, recordedAt } = half[half.length - 1] as RecordedEvent;
      await this.apply(half, { ...to, position, recordedAt });
      this.options.signal?.throwIfAborted();
      await this.apply(events.slice(half.length), to);
      return;
    }
    const { projection, onPoison, onParked } = this.options;
    if (onPoison === 'stop') {
      throw new PoisonEventError(projection.name, poison.stream, poison.position, error.message);
    }
    await this.commit({ ...to, events: 1 }, (client) =>
      park(client, this.current.generation, events, error.message),
    );
    this.parked.add(poison.stream);
    onParked?.(poison, error.message);
  }

  private async foldEvents(client: ProjectionClient, events: RecordedEvent[]): Promise<void> {
    const fold = this.fold ?? (await this.openFold(client));
    const due =
      this.skipped.size === 0 ? events : events.filter(({ position }) => !this.skipped.has(position));
    const waiting = this.parked.size === 0 ? [] : due.filter(({ stream }) => this.parked.has(stream));
    if (waiting.length > 0) await park(client, this.current.generation, waiting, null);
    const taken = waiting.length === 0 ? due : due.filter(({ stream }) => !this.parked.has(stream));
    if (taken.length > 0) await fold.apply(client, taken);
  }

  private async openFold(client: ProjectionClient): Promise<Fold> {
    this.parked = await parkedStreams(client, this.current.generation);
    this.skipped = await skippedPositions(client, this.current.generation);
    const { projection } = this.options;
    const { open } = (this.current.generation.bulk ? projection.bulk : undefined) ?? projection;
    this.fold = await open(client);
    return this.fold;
  }

  private async commit(
    step: CheckpointStep,
    write: (client: ProjectionClient) => Promise<void>,
  ): Promise<void> {
    let next = this.current;
    await this.options.onConnection(async (client) => {
      await client.query('BEGIN');
      try {
        if (step.events > 0) await write(client);
        next = await this.current.advance(client, step);
        await client.query('COMMIT');
      } catch (error) {
        this.forget();
        await client.query('ROLLBACK').catch((lost: Error) => {
          throw new ConnectionLostError(`Projection ${this.options.projection.name}: ${lost.message}`, {
            cause: error,
          });
        });
        throw error;
      }
    });
    this.current = next;
  }

  /** Drops the fold with its memory, which may be ahead of the tables after a rollback. */
  private forget(): void {
    this.fold = undefined;
  }
}
