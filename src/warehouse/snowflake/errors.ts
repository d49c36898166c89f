/** What went wrong, as far as a program may act on it. */
export type SnowflakeFailure =
  /** the user, key, token or password was refused */
  | 'credentials'
  /** no such account, or nothing that answers for it */
  | 'account'
  /** no warehouse is chosen, or it may not run */
  | 'warehouse'
  /** the role lacks a privilege */
  | 'privilege'
  /** something does not exist, or the role cannot see it */
  | 'object'
  /** the session ended; what was not committed is gone */
  | 'session'
  /** no answer: what was sent may or may not have been done */
  | 'network'
  /** it took longer than it may; it may or may not have been done */
  | 'timeout'
  /** another session holds what this one needs */
  | 'lock'
  /** any other refusal of a statement */
  | 'statement';

/**
 * Snowflake refused something, or did not answer. The message says what, and what to do about it where that
 * is known.
 */
export class SnowflakeError extends Error {
  override readonly name = 'SnowflakeError';
  constructor(
    readonly failure: SnowflakeFailure,
    message: string,
    /** of the service, such as 002003 */
    readonly code?: string,
    readonly queryId?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Whether the session is of no more use: what was sent last may or may not have been done. */
export const isUnanswered = (error: unknown): error is SnowflakeError =>
  error instanceof SnowflakeError && /^(session|network|timeout)$/.test(error.failure);
