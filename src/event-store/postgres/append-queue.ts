import { InvalidAppendError, StoreUnavailableError, WrongExpectedRevisionError } from '../errors';
import type { AppendResult } from '../event-store';
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

interface Caller {
  encode(): PendingAppend;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

interface Entry extends PendingAppend {
  bytes: number;
  caller: Caller;
}

/**
 * Group commit: the appends that wait when a batch returns become the next batch, with one transaction and
 * one fsync for all of them. One batch is under way at a time. A batch has at most one append of each stream,
 * so that appends to one stream are committed in the order of their calls.
 */
export class AppendQueue {
  /** the first waiting append of each stream, in the order of their calls */
  private ready: Entry[] = [];
  /** for each stream that has an append ready or under way: the appends behind it */
  private readonly behind = new Map<string, Entry[]>();
  /** callers that wait for room in the queue, in the order of their calls */
  private readonly callers: Caller[] = [];
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
      const caller = { encode, resolve, reject };
      if (!this.closed && (this.callers.length > 0 || this.isFull())) this.callers.push(caller);
      else this.admit(caller);
    });
  }

  /** Refuses new appends. Resolves when all accepted ones have their outcome. */
  async close(): Promise<void> {
    this.closed = true;
    for (const caller of this.callers.splice(0)) this.admit(caller);
    await this.running;
  }

  private isFull(): boolean {
    return this.queuedAppends >= this.limits.queuedAppends || this.queuedBytes >= this.limits.queuedBytes;
  }

  private admit(caller: Caller): void {
    let append: PendingAppend;
    try {
      if (this.closed) throw new StoreUnavailableError('The event store is closed');
      append = caller.encode();
    } catch (error) {
      caller.reject(error);
      return;
    }
    const bytes = append.events.reduce((sum, event) => sum + event.bytes, 0);
    this.queuedAppends++;
    this.queuedBytes += bytes;
    const entry: Entry = { ...append, bytes, caller };
    const behind = this.behind.get(entry.stream);
    if (behind === undefined) {
      this.behind.set(entry.stream, []);
      this.ready.push(entry);
    } else {
      behind.push(entry);
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
      while (this.callers.length > 0 && !this.isFull()) this.admit(this.callers.shift() as Caller);
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
      for (const entry of batch) entry.caller.reject(toAppendError(entry, error));
    }
  }

  private leave(entry: Entry): void {
    this.queuedAppends--;
    this.queuedBytes -= entry.bytes;
    const behind = this.behind.get(entry.stream);
    const next = behind?.shift();
    if (next === undefined) this.behind.delete(entry.stream);
    else this.ready.push(next);
  }
}

function settleOne(entry: Entry, outcome: AppendOutcome | undefined): void {
  if (outcome === undefined) {
    entry.caller.reject(new StoreUnavailableError(`The event store gave no outcome for ${entry.stream}`));
  } else if (outcome.position === null) {
    const actual = outcome.revision < 0 ? null : outcome.revision;
    entry.caller.reject(new WrongExpectedRevisionError(entry.stream, entry.expected, actual));
  } else {
    entry.caller.resolve({
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
