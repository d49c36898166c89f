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

/** Status codes of gRPC. */
const INVALID_ARGUMENT = 3;
const FEATURES_ASKED_ANEW = [1, 12, 14];

/** The server says so while it starts or is overloaded; on the shared call, in an error without a type. */
const NOT_READY = /Server Is (Not Ready|Busy)/i;

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;
/** Errors of the client have a `type`. A failure before an append is sent comes as a raw error of gRPC. */
const isRaw = (error: unknown): boolean => (error as { type?: unknown } | null)?.type === undefined;

/** Translates an error of the client. An error that is not known to be final counts as unavailability. */
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
  /** bytes, as `sizeOf` of encode-append counts them */
  size: number;
}

/** Translates the failure of an append. StoreUnavailableError says that its outcome may be unknown. */
export function toAppendError({ stream, expected, size }: SentAppend, error: unknown): Error {
  if (error instanceof WrongExpectedVersionError) {
    const { actualVersion } = error;
    const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : null;
    return new WrongExpectedRevisionError(stream, expected, actual);
  }
  if (error instanceof MaxAppendSizeExceededError)
    return new AppendTooLargeError(stream, size, error.maxAppendSize);
  if (error instanceof StreamDeletedError) {
    // The server also says so of a stream that was deleted but may be begun anew.
    if (expected === 'streamExists') return new WrongExpectedRevisionError(stream, expected, null);
    return new InvalidAppendError(`Stream ${stream} was deleted for ever`, { cause: error });
  }
  if (!isRaw(error) && codeOf(error) === INVALID_ARGUMENT)
    return new InvalidAppendError(`The server refuses the append to ${stream}: ${(error as Error).message}`, {
      cause: error,
    });
  return toStoreError(error);
}

/** true: the append was certainly not written */
export function isUnwritten(error: unknown): boolean {
  if (error instanceof NotLeaderError) return true;
  // Discovery failed, so there was no server to send the append to.
  if (error instanceof Error && isRaw(error) && codeOf(error) === undefined)
    return !(error instanceof StoreUnavailableError);
  return error instanceof UnknownError && NOT_READY.test(error.message);
}

/** true: another attempt cannot help */
export const isFinal = (error: unknown): boolean =>
  error instanceof AccessDeniedError || error instanceof StoreAccessDeniedError;

/**
 * true: the client must be replaced. It asks for the server's features once, and keeps a failure as the
 * answer unless the connection failed.
 */
export function isStuck(error: unknown): boolean {
  const code = codeOf(error);
  return isRaw(error) && typeof code === 'number' && !FEATURES_ASKED_ANEW.includes(code);
}
