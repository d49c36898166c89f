import { InvalidAppendError, StoreUnavailableError, WrongExpectedRevisionError } from '../errors';
import type { AppendResult } from '../event-store';
import type { AppendOutcome, PendingAppend } from './append-batch';
import { toPosition } from './position';
import { isRejected, toStoreError } from './store-failure';

export interface AppendQueueLimits {
  /** events of one batch, at most; one append is never divided */
  batchEvents: number;
  /** bytes of one batch, at most */
  batchBytes: number;
  /** appends that are encoded and wait, at most; further callers wait before them */
  queuedAppends: number;
  /** bytes that are encoded and wait, at most */
  queuedBytes: number;
}

export const DEFAULT_LIMITS: AppendQueueLimits = {
  batchEvents: 2_000,
  batchBytes: 4 * 1024 * 1024,
  queuedAppends: 8_192,
  queuedBytes: 64 * 1024 * 1024,
};

/** Turns of the event loop that a batch waits for company. */
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
 * Group commit: what waits when a batch returns is the next batch, one transaction and one fsync for all of
 * it. A batch has at most one append of each stream; appends to one stream follow one another in the order of
 * their calls, and so do the others where the batch has room. One batch is under way at a time, so that order
 * of calls is order of positions.
 */
export class AppendQueue {
  /** the first waiting append of every stream, in order */
  private ready: Entry[] = [];
  /** for each stream with an append that is ready or under way: those behind it */
  private readonly behind = new Map<string, Entry[]>();
  /** those for whom there was no room yet, in order */
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
   * Appends what `encode` returns, which is called when there is room. What it throws is thrown.
   * @throws WrongExpectedRevisionError, InvalidAppendError, StoreUnavailableError
   */
  append(encode: () => PendingAppend): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      const caller = { encode, resolve, reject };
      if (!this.closed && (this.callers.length > 0 || this.isFull())) this.callers.push(caller);
      else this.admit(caller);
    });
  }

  /** Refuses new appends and resolves when those that were accepted have their outcome. */
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
      // Whoever appends within these turns of the event loop comes along: idle ones take no time, busy ones
      // fill the batch.
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
        // The transaction was rolled back, so each can be tried again; only the one at fault fails.
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
 * Data that the server cannot hold (SQLSTATE class 22), or that passes one of its limits (54), is the
 * append's own fault.
 */
function toAppendError(entry: Entry, error: unknown): Error {
  if (isRejected(error) && /^(22|54)/.test(error.code ?? ''))
    return new InvalidAppendError(`The append to ${entry.stream} cannot be stored: ${error.message}`, {
      cause: error,
    });
  return toStoreError(error);
}
