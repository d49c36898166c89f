import {
  AccessDeniedError,
  MaxAppendSizeExceededError,
  NotLeaderError,
  StreamDeletedError,
  UnknownError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import {
  AppendTooLargeError,
  ForeignPositionError,
  InvalidAppendError,
  StoreAccessDeniedError,
  StoreUnavailableError,
  UpcastError,
  WrongExpectedRevisionError,
} from '../errors';
import type { ExpectedRevision } from '../event-store';

/** gRPC status codes */
const INVALID_ARGUMENT = 3;
const FEATURES_ASKED_ANEW = [1, 12, 14];

/**
 * What the server says of itself while it starts, or has too much to do; on the batch path as an error
 * without a type.
 */
const NOT_READY = /Server Is (Not Ready|Busy)/i;

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
/** The client's own errors have a `type`; what fails before an append is sent comes as gRPC has it. */
const isRaw = (error: unknown): boolean => (error as { type?: unknown } | null)?.type === undefined;

/** An error of the client as the port's. What is not known to be final counts as unavailable. */
export function toStoreError(error: unknown): Error {
  const isOurs =
    error instanceof StoreUnavailableError ||
    error instanceof ForeignPositionError ||
    error instanceof UpcastError;
  if (isOurs) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UnknownError && /invalid\s?position/i.test(message))
    return new ForeignPositionError(`The event store does not know the position: ${message}`, {
      cause: error,
    });
  const type = (error as { type?: string } | null)?.type;
  const reason = message || type || (error as Error).name;
  const text = `The event store could not be asked: ${reason}`;
  if (error instanceof AccessDeniedError) return new StoreAccessDeniedError(text, { cause: error });
  return new StoreUnavailableError(text, { cause: error });
}

export interface SentAppend {
  stream: string;
  expected: ExpectedRevision;
  /** bytes, as encode-append counts them */
  size: number;
}

/** Why an append failed, as the port's error. StoreUnavailableError: its outcome may be unknown. */
export function toAppendError({ stream, expected, size }: SentAppend, error: unknown): Error {
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : null;
    return new WrongExpectedRevisionError(stream, expected, actual);
  }
  if (error instanceof MaxAppendSizeExceededError)
    return new AppendTooLargeError(stream, size, error.maxAppendSize);
  if (error instanceof StreamDeletedError) {
    // Said also of a stream that is no longer there but may be written anew.
    if (expected === 'streamExists') return new WrongExpectedRevisionError(stream, expected, null);
    return new InvalidAppendError(`Stream ${stream} was deleted for ever`, { cause: error });
  }
  if (!isRaw(error) && codeOf(error) === INVALID_ARGUMENT)
    return new InvalidAppendError(`The server refuses the append to ${stream}: ${(error as Error).message}`, {
      cause: error,
    });
  return toStoreError(error);
}

/** true when the append has certainly not been written */
export function isUnwritten(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  // Discovery failed: there was no server to send it to.
  if (error instanceof Error && isRaw(error) && codeOf(error) === undefined)
    return !(error instanceof StoreUnavailableError);
  return error instanceof UnknownError && NOT_READY.test(error.message);
}

/** true when asking again cannot help */
export const isFinal = (error: unknown): boolean =>
  error instanceof AccessDeniedError || error instanceof StoreAccessDeniedError;

/**
 * true when the client has to be replaced: it keeps a failed question for the server's features as the
 * answer, unless the failure was one of connection.
 */
export function isStuck(error: unknown): boolean {
  const code = codeOf(error);
  return isRaw(error) && typeof code === 'number' && !FEATURES_ASKED_ANEW.includes(code);
}
