import type { ExpectedRevision } from './event-store';

/** The stream is at another revision than the caller expected. Nothing was written. */
export class WrongExpectedRevisionError extends Error {
  override readonly name = 'WrongExpectedRevisionError';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** revision of the stream's last event; null: the stream does not exist */
    readonly actual: number | null,
  ) {
    super(`Stream ${stream} was expected at ${expected} but is at ${actual ?? 'noStream'}`);
  }
}

/** The append is larger than the store allows. Nothing was written. */
export class AppendTooLargeError extends Error {
  override readonly name = 'AppendTooLargeError';
  constructor(
    readonly stream: string,
    readonly sizeBytes: number,
    readonly limitBytes: number,
  ) {
    super(`Append to ${stream} has ${sizeBytes} bytes; the limit is ${limitBytes}`);
  }
}

/** The append is malformed: no events, an id that is no UUID, an empty stream ... Nothing was written. */
export class InvalidAppendError extends Error {
  override readonly name = 'InvalidAppendError';
}

/**
 * The store could not be reached or did not answer. The outcome of an append is unknown then. Send it again
 * with the same event ids and the same exact or `noStream` expectation: that is safe.
 */
export class StoreUnavailableError extends Error {
  override readonly name: string = 'StoreUnavailableError';
}

/** The credentials are wrong, or the user lacks the permission. Another attempt does not help. */
export class StoreAccessDeniedError extends StoreUnavailableError {
  override readonly name = 'StoreAccessDeniedError';
}

/**
 * An upcaster failed on an event, which stays unreadable until the upcaster is fixed. The message names both.
 */
export class UpcastError extends Error {
  override readonly name = 'UpcastError';
}

/**
 * This log has never given out that position: it comes from another log or from a newer state of this one.
 */
export class ForeignPositionError extends Error {
  override readonly name = 'ForeignPositionError';
}
