import type { EventMetadata, NewEvent, RecordedEvent } from './event';
import type { Position } from './position';

/**
 * What the caller believes of a stream before it appends:
 * a revision (the last event's, from 0), that there is no stream, that there is one, or nothing.
 */
export type ExpectedRevision = number | 'noStream' | 'streamExists' | 'any';

export interface AppendResult {
  /** revision of the last event of this append */
  revision: number;
  /** position of the last event of this append */
  position: Position;
  /** true: the events stood there already, from an earlier sending. Only from a store that `tellsResends`. */
  resent?: boolean;
}

/** Which events of the log are wanted: those whose stream begins with one of these. Absent: all. */
export interface StreamFilter {
  streamPrefixes: string[];
}

/** A run of the log, in order. */
export interface EventBatch {
  events: RecordedEvent[];
  /**
   * The log was looked at up to here: the last event's position, or a later one where a filter left events
   * out.
   */
  through: Position;
  /** recordedAt (Unix milliseconds) of the event at `through` */
  throughRecordedAt: number;
  /**
   * true when `through` was the end of the log at the time of reading, or nothing behind it had arrived yet
   */
  caughtUp: boolean;
}

export interface ReadAllOptions {
  filter?: StreamFilter;
  /** at most this many events a batch; default 1,000 */
  batchSize?: number;
  /** inclusive end; default: the head at the time of the call (`readAll`), none (`subscribeAll`) */
  until?: Position;
  /**
   * false: events come without their metadata, which makes reading cheaper, and an adapter may leave out
   * their ids as well; asking for what is not there throws. Default true
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

/** `countAfter` counts at least so many events exactly. */
export const COUNT_EXACT_EVENTS = 5_000;

/**
 * The append-only log of events. `event-store.features.ts` is the behaviour that every adapter owes.
 *
 * An append is all or nothing. A resend of the same event ids under the same exact or `noStream` expectation
 * returns the first result, for ever; under `any` and `streamExists` nothing is promised.
 */
export interface EventStore {
  /**
   * true: every append says whether it was a resend, so that whoever makes a new stream need not read it
   * first
   */
  readonly tellsResends?: boolean;

  /** The random id of this log. A checkpoint belongs to one identity. */
  identity(): Promise<string>;

  /**
   * Appends events to one stream.
   * @throws WrongExpectedRevisionError, AppendTooLargeError, InvalidAppendError, StoreUnavailableError
   */
  append(stream: string, expected: ExpectedRevision, events: NewEvent[]): Promise<AppendResult>;

  /** One stream's events, in batches of bounded size. A stream that does not exist yields nothing. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent[]>;

  /** The log after a position (null: from the start) up to its head, then ends. */
  readAll(after: Position | null, options?: ReadAllOptions): AsyncIterable<EventBatch>;

  /**
   * The log after a position, then every new event as it is appended, until `signal` aborts (the iteration
   * then ends without an error). Reconnects by itself. The next batch is read only when the last one was
   * taken.
   */
  subscribeAll(after: Position | null, options?: ReadAllOptions): AsyncIterable<EventBatch>;

  /** The last event of the log, null when it is empty. */
  head(): Promise<LogHead | null>;

  /**
   * How many events stand after a position (null: all of them): what a reader at that position has yet to
   * read. Exact up to COUNT_EXACT_EVENTS; a store that has to read in order to count estimates what lies
   * beyond.
   */
  countAfter(position: Position | null): Promise<number>;

  close(): Promise<void>;
}

export type { EventMetadata, NewEvent, RecordedEvent };
