import type { EventBatch, EventStore, ReadAllOptions } from '../event-store/event-store';
import type { Position } from '../event-store/position';

/** A checkpoint that this log cannot have given out. Going on would lose or repeat events in silence. */
export class ForeignCheckpointError extends Error {
  override readonly name = 'ForeignCheckpointError';
}

/** Where a reader has got to, and in which log. */
export interface Checkpoint {
  storeIdentity: string;
  /** '' before the first event */
  position: Position;
}

/**
 * What projectors read: the total order of the event store, from a checkpoint that is known to belong to it.
 * Events come without their metadata: read models are about what happened, not about who asked for it, and a
 * replay reads millions.
 */
export class StoreFeed {
  constructor(private readonly store: EventStore) {}

  /**
   * Every event after the checkpoint, then new ones as they are appended, until `signal` aborts.
   * @throws ForeignCheckpointError when the checkpoint is another log's, or lies beyond this log's end
   */
  async *live(checkpoint: Checkpoint, options: ReadAllOptions): AsyncIterable<EventBatch> {
    await this.check(checkpoint);
    yield* this.store.subscribeAll(checkpoint.position || null, { ...options, metadata: false });
  }

  /**
   * Every event after the checkpoint up to `until` (default: the head at the time of the call), then ends.
   */
  async *history(checkpoint: Checkpoint, options: ReadAllOptions): AsyncIterable<EventBatch> {
    await this.check(checkpoint);
    yield* this.store.readAll(checkpoint.position || null, { ...options, metadata: false });
  }

  /** How many events there are after a position. */
  countAfter(position: Position): Promise<number> {
    return this.store.countAfter(position || null);
  }

  /**
   * Does the checkpoint belong to this log?
   * @throws ForeignCheckpointError when it does not
   */
  async check({ storeIdentity, position }: Checkpoint): Promise<void> {
    const identity = await this.store.identity();
    if (identity !== storeIdentity) {
      throw new ForeignCheckpointError(
        `The checkpoint belongs to event store ${storeIdentity}, but this is event store ${identity}. ` +
          'Connect the store that the read models were built from, or rebuild them with `tidemark replay --all`.',
      );
    }
    const head = await this.store.head();
    if (position > (head?.position ?? '')) {
      throw new ForeignCheckpointError(
        `The checkpoint ${position} lies beyond the end of the event store (${head?.position ?? 'empty'}): events are missing ` +
          'there, as after restoring an older backup. Restore the store, or rebuild with `tidemark replay --all`.',
      );
    }
  }
}
