import type { EventBatch, EventStore, ReadAllOptions } from '../event-store/event-store';
import type { Position } from '../event-store/position';

/** The checkpoint does not belong to this log. To read on would lose or repeat events silently. */
export class ForeignCheckpointError extends Error {
  override readonly name = 'ForeignCheckpointError';
}

/** How far a reader is, and in which log. */
export interface Checkpoint {
  storeIdentity: string;
  /** '' before the first event */
  position: Position;
}

/**
 * What projectors read: the event store in total order, from a checkpoint that was checked to belong to it.
 * Events come without metadata, because read models do not use it and a replay reads millions.
 */
export class StoreFeed {
  constructor(private readonly store: EventStore) {}

  /**
   * Reads every event after the checkpoint, then new ones as they are appended, until `signal` aborts.
   * @throws ForeignCheckpointError
   */
  async *live(checkpoint: Checkpoint, options: ReadAllOptions): AsyncIterable<EventBatch> {
    await this.check(checkpoint);
    yield* this.store.subscribeAll(checkpoint.position || null, { ...options, metadata: false });
  }

  /**
   * Reads every event after the checkpoint up to `until`. Default: the head at the time of the call.
   * @throws ForeignCheckpointError
   */
  async *history(checkpoint: Checkpoint, options: ReadAllOptions): AsyncIterable<EventBatch> {
    await this.check(checkpoint);
    yield* this.store.readAll(checkpoint.position || null, { ...options, metadata: false });
  }

  /** How many events lie after a position. */
  countAfter(position: Position): Promise<number> {
    return this.store.countAfter(position || null);
  }

  /**
   * Checks that the checkpoint belongs to this log.
   * @throws ForeignCheckpointError when it is of another log, or lies beyond the end of this one
   */
  async check({ storeIdentity, position }: Checkpoint): Promise<void> {
    const identity = await this.store.identity();
    if (identity !== storeIdentity) {
      throw new ForeignCheckpointError(
        `The checkpoint belongs to event store ${storeIdentity}, but this is event store ${identity}. ` +
          'Connect the store that the read models were built from, or rebuild them with ' +
          '`tidemark replay --all`.',
      );
    }
    const head = await this.store.head();
    if (position > (head?.position ?? '')) {
      throw new ForeignCheckpointError(
        `The checkpoint ${position} lies beyond the end of the event store (${head?.position ?? 'empty'}): ` +
          'events are missing there, as after restoring an older backup. Restore the store, or rebuild ' +
          'with `tidemark replay --all`.',
      );
    }
  }
}
