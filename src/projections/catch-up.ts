import type { EventBatch } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import type { StoreFeed } from '../feed/store-feed';
import type { GenerationRunner } from './generation-runner';

export interface CatchUpOptions {
  batchSize: number;
  /** inclusive */
  until?: Position;
  /** Unix milliseconds, inclusive */
  recordedUntil?: number;
  signal?: AbortSignal;
  /** before each pass over the log, with the number of events that it will read */
  onPass?: (events: number) => void;
  onBatch?: (batch: EventBatch) => void;
}

/**
 * Brings runners to the end of the log, or to a given point of it, by one reading for all of them. On a busy log that takes
 * several passes, each shorter than the last; it ends when the rest fits one batch, which is left to whoever stops the
 * writers for it or does without.
 */
export async function catchUp(
  runners: GenerationRunner[],
  feed: StoreFeed,
  options: CatchUpOptions,
): Promise<void> {
  const { batchSize, until, recordedUntil, signal } = options;
  for (;;) {
    const start = lowest(runners);
    const missing = await feed.countAfter(start.position);
    options.onPass?.(missing);
    let ended = false;
    for await (const read of feed.history(start, { batchSize, until, signal })) {
      signal?.throwIfAborted();
      const batch = recordedUntil === undefined ? read : cutAt(read, recordedUntil);
      if (batch) await Promise.all(runners.map((runner) => runner.apply(batch)));
      if (batch) options.onBatch?.(batch);
      ended = batch !== read;
      if (ended) break;
    }
    signal?.throwIfAborted();
    if (ended || until !== undefined || missing <= batchSize) return;
  }
}

/** The part of a batch that was recorded by then; null when nothing was. */
function cutAt(batch: EventBatch, recordedUntil: number): EventBatch | null {
  if (batch.throughRecordedAt <= recordedUntil) return batch;
  const end = batch.events.findIndex((event) => event.recordedAt > recordedUntil);
  const events = end < 0 ? batch.events : batch.events.slice(0, end);
  const last = events[events.length - 1];
  if (!last) return null;
  return { events, through: last.position, throughRecordedAt: last.recordedAt, caughtUp: false };
}

function lowest(runners: GenerationRunner[]): { storeIdentity: string; position: Position } {
  const [first, ...others] = runners.map(({ generation }) => generation);
  if (!first) throw new Error('There is nothing to catch up');
  return others.reduce((low, next) => (next.position < low.position ? next : low), first);
}
