import type { EncodedEvent } from '../encode-append';
import { InvalidAppendError, StoreUnavailableError, WrongExpectedRevisionError } from '../errors';
import type { AppendResult, ExpectedRevision } from '../event-store';
import type { AppendOutcome, PendingAppend } from './append-batch';
import { toPosition } from './position';
import { isRejected, toStoreError } from './store-failure';

export interface AppendQueueLimits {
  /** most events of a batch; a single append is never split */
  batchEvents: number;
  /** most bytes of a batch */
  batchBytes: number;
  /** most appends in the queue; further callers wait until there is room */
  queuedAppends: number;
  /** most bytes in the queue */
  queuedBytes: number;
}

export const DEFAULT_LIMITS: AppendQueueLimits = {
  batchEvents: 2_000,
  batchBytes: 4 * 1024 * 1024,
  queuedAppends: 8_192,
  queuedBytes: 64 * 1024 * 1024,
};

/** How many turns of the event loop a batch waits for more appends. */
const TURNS_TO_GATHER = 3;

/** One object for each append, from its call to its outcome: copies would cost more than the queue itself. */
class Entry implements PendingAppend {
  stream = '';
  expected: ExpectedRevision = 'any';
  events: EncodedEvent[] = [];
  bytes = 0;

  constructor(
    readonly encode: () => PendingAppend,
    readonly resolve: (result: AppendResult) => void,
    readonly reject: (error: unknown) => void,
  ) {}

  /** @throws what `encode` throws */
  fill(): void {
    const { stream, expected, events } = this.encode();
    this.stream = stream;
    this.expected = expected;
    this.events = events;
    for (const event of events) this.bytes += event.bytes;
  }
}

/**
 * Group commit: the appends that wait when a batch returns become the next batch, with one transaction and
 * one fsync for all of them. One batch is under way at a time. A batch has at most one append of each stream,
 * so that appends to one stream are committed in the order of their calls.
 */
export class AppendQueue {
  /** the first waiting append of each stream, in the order of their calls */
  private ready: Entry[] = [];
  /** for each stream that has an append ready or under way: the appends behind it; mostly none */
  private readonly behind = new Map<string, Entry[] | undefined>();
  /** appends that wait for room in the queue, in the order of their calls */
  private readonly callers: Entry[] = [];
  private queuedAppends = 0;
  private queuedBytes = 0;
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly write: (batch: readonly PendingAppend[]) => Promise<AppendOutcome[]>,
    private readonly limits: AppendQueueLimits = DEFAULT_LIMITS,
  ) {}

  /**
   * Appends what `encode` returns. It is called when the queue has room, so that callers who wait hold no
   * encoded events.
   * @throws WrongExpectedRevisionError, InvalidAppendError, StoreUnavailableError, or what `encode` throws
   */
  append(encode: () => PendingAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const entry = new Entry(encode, resolve, reject);
      if (!this.closed && (this.callers.length > 0 || this.isFull())) this.callers.push(entry);
      else this.admit(entry);
    });
  }

  /** Refuses new appends. Resolves when all accepted ones have their outcome. */
  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.callers.splice(0)) this.admit(entry);
    await this.running;
  }

  private isFull(): boolean {
    return this.queuedAppends >= this.limits.queuedAppends || this.queuedBytes >= this.limits.queuedBytes;
  }

  private admit(entry: Entry): void {
    try {
      if (this.closed) throw new StoreUnavailableError('The event store is closed');
      entry.fill();
    } catch (error) {
      entry.reject(error);
      return;
    }
    this.queuedAppends++;
    this.queuedBytes += entry.bytes;
    if (this.behind.has(entry.stream)) {
      const behind = this.behind.get(entry.stream);
      if (behind === undefined) this.behind.set(entry.stream, [entry]);
      else behind.push(entry);
    } else {
      this.behind.set(entry.stream, undefined);
      this.ready.push(entry);
    }
    this.running ??= this.run();
  }

  private async run(): Promise<void> {
    while (this.ready.length > 0) {
      // Appends that come within these turns join the batch. The turns cost nothing while the process is
      // idle.
      for (let turn = 0; turn < TURNS_TO_GATHER; turn++) await new Promise(setImmediate);
      const batch = this.takeBatch();
      await this.settle(batch);
      for (const entry of batch) this.leave(entry);
      while (this.callers.length > 0 && !this.isFull()) this.admit(this.callers.shift() as Entry);
    }
    this.running = undefined;
  }

  private takeBatch(): Entry[] {
    let events = 0;
    let bytes = 0;
    let length = 0;
    for (const entry of this.ready) {
      events += entry.events.length;
      bytes += entry.bytes;
      if (length > 0 && (events > this.limits.batchEvents || bytes > this.limits.batchBytes)) break;
      length++;
    }
    const batch = this.ready.slice(0, length);
    this.ready = this.ready.slice(length);
    return batch;
  }

  /** Gives every append of the batch its outcome. */
  private async settle(batch: readonly Entry[]): Promise<void> {
    try {
      const outcomes = await this.write(batch);
      batch.forEach((entry, i) => void settleOne(entry, outcomes[i]));
    } catch (error) {
      if (isRejected(error) && batch.length > 1) {
        // The transaction was rolled back. Alone, only the append at fault fails.
        for (const entry of batch) await this.settle([entry]);
        return;
      }
      for (const entry of batch) entry.reject(toAppendError(entry, error));
    }
  }

  private leave(entry: Entry): void {
    this.queuedAppends--;
    this.queuedBytes -= entry.bytes;
    const next = this.behind.get(entry.stream)?.shift();
    if (next === undefined) this.behind.delete(entry.stream);
    else this.ready.push(next);
  }
}

function settleOne(entry: Entry, outcome: AppendOutcome | undefined): void {
  if (outcome === undefined) {
    entry.reject(new StoreUnavailableError(`The event store gave no outcome for ${entry.stream}`));
  } else if (outcome.position === null) {
    const actual = outcome.revision < 0 ? null : outcome.revision;
    entry.reject(new WrongExpectedRevisionError(entry.stream, entry.expected, actual));
  } else {
    entry.resolve({
      revision: outcome.revision,
      position: toPosition(outcome.position),
      resent: outcome.outcome === 'resent',
    });
  }
}

/**
 * SQLSTATE class 22 says that the server cannot hold the data, and class 54 that it exceeds a limit. Both are
 * faults of the append.
 */
function toAppendError(entry: Entry, error: unknown): Error {
  if (isRejected(error) && /^(22|54)/.test(error.code ?? ''))
    return new InvalidAppendError(`The append to ${entry.stream} cannot be stored: ${error.message}`, {
      cause: error,
    });
  return toStoreError(error);
}
