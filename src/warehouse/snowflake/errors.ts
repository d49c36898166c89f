/** The kinds of failure that a program may handle differently. */
export type SnowflakeFailure =
  /** the user, key, token or password was refused */
  | 'credentials'
  /** there is no such account, or it does not answer */
  | 'account'
  /** no virtual warehouse is chosen, or it may not run */
  | 'warehouse'
  /** the role lacks a privilege */
  | 'privilege'
  /** something does not exist, or the role cannot see it */
  | 'object'
  /** the session ended; what was not committed is lost */
  | 'session'
  /** no answer came: the statement may have been done or not */
  | 'network'
  /** it took too long: the statement may have been done or not */
  | 'timeout'
  /** another session holds a lock that this one needs */
  | 'lock'
  /** any other refusal of a statement */
  | 'statement';

/**
 * Snowflake refused something, or did not answer. The message says what, and what to do about it where that
 * is known.
 */
export class SnowflakeError extends Error {
  override readonly name = 'SnowflakeError';
  /** error code of the service, such as 002003 */
  readonly code: string | undefined;
  readonly queryId: string | undefined;

  constructor(
    readonly failure: SnowflakeFailure,
    message: string,
    { code, queryId, cause }: { code?: string; queryId?: string; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.queryId = queryId;
  }
}

/** Whether the session is of no more use: its last statement may have been done or not. */
export const isUnanswered = (error: unknown): error is SnowflakeError =>
  error instanceof SnowflakeError && /^(session|network|timeout)$/.test(error.failure);
