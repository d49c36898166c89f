import type { EventBatch } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import type { StoreFeed } from '../../feed/store-feed';
import type { GenerationRunner } from '../engine/generation-runner';

/** How many batches a runner may be ahead of the slowest. */
const BATCHES_AHEAD = 1;

export interface CatchUpOptions {
  batchSize: number;
  /** inclusive */
  until?: Position;
  /** Unix milliseconds, inclusive */
  recordedUntil?: number;
  signal?: AbortSignal;
  /** is called before each pass over the log, with the number of events that it will read */
  onPass?: (events: number) => void;
  onBatch?: (batch: EventBatch) => void;
}

/**
 * Brings runners to the end of the log, or to a given point of it, by one reading for all of them. On a busy
 * log that takes several passes, each shorter than the last. It ends when the rest fits into one batch; the
 * switch applies that while it keeps the published runner waiting.
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
    const pipeline = new Pipeline(runners, options.onBatch);
    try {
      for await (const read of feed.history(start, { batchSize, until, signal })) {
        signal?.throwIfAborted();
        const batch = recordedUntil === undefined ? read : recordedBy(read, recordedUntil);
        if (batch) await pipeline.push(batch);
        ended = batch !== read;
        if (ended) break;
      }
    } finally {
      await pipeline.drain();
    }
    signal?.throwIfAborted();
    if (ended || until !== undefined || missing <= batchSize) return;
  }
}

/** Applies the log up to a position; nothing to do where the runner is past it. */
export async function bringTo(runner: GenerationRunner, feed: StoreFeed, position: Position): Promise<void> {
  if (runner.position >= position) return;
  for await (const batch of feed.history(runner.generation, { until: position })) await runner.apply(batch);
}

/**
 * Hands batches to all runners. Each applies them in order. A quick one may be ahead of the slowest, so it
 * computes while the database works for the other.
 */
class Pipeline {
  private tails: Promise<void>[];
  /** one for each batch that some runner has not applied yet, oldest first */
  private underWay: Promise<void>[] = [];

  constructor(
    private readonly runners: GenerationRunner[],
    private readonly onApplied: ((batch: EventBatch) => void) | undefined,
  ) {
    this.tails = runners.map(() => Promise.resolve());
  }

  /** Resolves when there is room for another batch. */
  async push(batch: EventBatch): Promise<void> {
    this.tails = this.tails.map((tail, index) => tail.then(() => this.runners[index]?.apply(batch)));
    const applied = Promise.all(this.tails).then(() => this.onApplied?.(batch));
    // A later push or drain throws the failure. Until then nobody may have looked at the promise.
    applied.catch(() => {});
    this.underWay.push(applied);
    if (this.underWay.length > BATCHES_AHEAD) await this.underWay.shift();
  }

  /**
   * Resolves when all runners have applied everything. Rejects when one has failed and none is at work any
   * more.
   */
  async drain(): Promise<void> {
    await Promise.allSettled(this.tails);
    await Promise.all(this.underWay);
  }
}

/** The part of a batch that was recorded by `recordedUntil`; null when nothing was. */
function recordedBy(batch: EventBatch, recordedUntil: number): EventBatch | null {
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
