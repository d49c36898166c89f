import type { EventMetadata, NewEvent, RecordedEvent } from './event';
import type { ColumnBatch, ReadColumnsOptions } from './log-columns';
import type { Position } from './position';

/**
 * What a caller expects of a stream that it appends to: the revision of its last event (from 0), that the
 * stream does not exist, that it exists, or nothing.
 */
export type ExpectedRevision = number | 'noStream' | 'streamExists' | 'any';

export interface AppendResult {
  /** revision of the last event of this append */
  revision: number;
  /** position of the last event of this append */
  position: Position;
  /** true: an earlier attempt had written the events. Only a store that `tellsResends` sets it. */
  resent?: boolean;
}

/** Selects the events whose stream begins with one of these prefixes. */
export interface StreamFilter {
  streamPrefixes: string[];
}

/** A run of the log, in order. */
export interface EventBatch {
  events: RecordedEvent[];
  /** The reader has looked at the log up to here. It may lie behind the last event when there is a filter. */
  through: Position;
  /** recordedAt (Unix milliseconds) of the event at `through` */
  throughRecordedAt: number;
  /** true: `through` was the end of the log when this was read, or nothing behind it had arrived yet */
  caughtUp: boolean;
}

export interface ReadAllOptions {
  filter?: StreamFilter;
  /** at most this many events a batch; default 1,000 */
  batchSize?: number;
  /** inclusive end; default: the head at the time of the call (`readAll`), none (`subscribeAll`) */
  until?: Position;
  /**
   * false: events come without metadata, which makes reading cheaper. An adapter may leave out their ids as
   * well. Accessing what was left out throws. Default true
   */
  metadata?: boolean;
  signal?: AbortSignal;
}

export interface ReadStreamOptions {
  /** first revision to read, inclusive; default 0 forwards, the last one backwards */
  from?: number;
  direction?: 'forwards' | 'backwards';
  /** at most this many events; default all */
  limit?: number;
}

export interface LogHead {
  position: Position;
  /** Unix milliseconds */
  recordedAt: number;
}

/** Up to this number of events `countAfter` is exact. */
export const COUNT_EXACT_EVENTS = 5_000;

/**
 * The append-only log of events. `event-store.features.ts` is the behaviour that every adapter owes.
 *
 * An append writes all of its events or none. A resend of the same event ids under the same exact or
 * `noStream` expectation returns the first result, however late it comes. Under `any` and `streamExists` a
 * resend may write the events twice.
 */
export interface EventStore {
  /**
   * true: every append says whether it was a resend, so that a new stream need not be read before it is made
   */
  readonly tellsResends?: boolean;

  /** The random id of this log. A checkpoint belongs to one identity. */
  identity(): Promise<string>;

  /**
   * Appends events to one stream.
   * @throws WrongExpectedRevisionError, AppendTooLargeError, InvalidAppendError, StoreUnavailableError
   */
  append(stream: string, expected: ExpectedRevision, events: NewEvent[]): Promise<AppendResult>;

  /** The events of one stream, in batches of bounded size. A stream that does not exist yields nothing. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent[]>;

  /** The log after a position (null: from the start) up to its head, then ends. */
  readAll(after: Position | null, options?: ReadAllOptions): AsyncIterable<EventBatch>;

  /**
   * A run of the log after a position (null: from the start) as columns. It ends with the first of its
   * limits, or with the head at the time of the call. Which events a batch has depends on the log and on
   * `after`, not on how the events arrive. The consumer is to take the batches one after the other without a
   * long pause: a store may keep a connection and a snapshot for as long as the run is read. Ends when
   * `signal` aborts.
   * @throws ForeignPositionError, StoreUnavailableError, UpcastError
   */
  readColumns(after: Position | null, options?: ReadColumnsOptions): AsyncIterable<ColumnBatch>;

  /**
   * The log after a position, then every new event as it is appended. Ends without an error when `signal`
   * aborts. Reconnects by itself. Reads no further batch before the consumer asks for it.
   */
  subscribeAll(after: Position | null, options?: ReadAllOptions): AsyncIterable<EventBatch>;

  /** The last event of the log, null when it is empty. */
  head(): Promise<LogHead | null>;

  /**
   * How many events a reader at a position has yet to read (null: all of them). Exact up to
   * COUNT_EXACT_EVENTS. Beyond that, a store that must read events to count them may estimate.
   */
  countAfter(position: Position | null): Promise<number>;

  close(): Promise<void>;
}

export type { ColumnBatch, EventMetadata, NewEvent, ReadColumnsOptions, RecordedEvent };
