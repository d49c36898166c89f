import type { ExpectedRevision } from './event-store';

/** The stream is not where the caller believed it to be. Nothing was written. */
export class WrongExpectedRevisionError extends Error {
  override readonly name = 'WrongExpectedRevisionError';
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** revision of the stream's last event, null when there is no stream */
    readonly actual: number | null,
  ) {
    super(`Stream ${stream} was expected at ${expected} but is at ${actual ?? 'noStream'}`);
  }
}

/** The append is larger than a store takes. Nothing was written. */
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

/**
 * The append itself is malformed (no events, an id that is no UUID, an empty type or stream ...). Nothing was
 * written.
 */
export class InvalidAppendError extends Error {
  override readonly name = 'InvalidAppendError';
}

/**
 * The store could not be asked, or did not answer. The outcome of an append is then unknown: send it again
 * with the same ids and the same exact or `noStream` expectation.
 */
export class StoreUnavailableError extends Error {
  override readonly name: string = 'StoreUnavailableError';
}

/**
 * The store does not know the user or the password, or the user may not do this. Asking again does not help.
 */
export class StoreAccessDeniedError extends StoreUnavailableError {
  override readonly name = 'StoreAccessDeniedError';
}

/**
 * An upcaster failed on an event of the log, which cannot be read until the upcaster is mended. The message
 * names both.
 */
export class UpcastError extends Error {
  override readonly name = 'UpcastError';
}

/**
 * A position that this log has not given out: it is another log's, or the log was put back to an older state.
 */
export class ForeignPositionError extends Error {
  override readonly name = 'ForeignPositionError';
}
