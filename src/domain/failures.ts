/**
 * Everything a command can be refused for: `code` for programs, `message` for people, `path` to the field of
 * the input.
 */
interface FailureBase {
  message: string;
  /** where in the input, e.g. ['lines', '2', 'quantity']; empty when it is about the whole */
  path: string[];
}

export interface InvalidInput extends FailureBase {
  code: 'INVALID_INPUT';
}
export interface NotFound extends FailureBase {
  code: 'NOT_FOUND';
}
export interface AlreadyExists extends FailureBase {
  code: 'ALREADY_EXISTS';
}
export interface IllegalTransition extends FailureBase {
  code: 'ILLEGAL_TRANSITION';
  /** the state it is in, e.g. CANCELLED */
  status: string;
}
export interface ReturnExceedsPurchase extends FailureBase {
  code: 'RETURN_EXCEEDS_PURCHASE';
  productId: string;
  purchased: number;
  alreadyReturned: number;
  requested: number;
}
export interface RefundExceedsCharge extends FailureBase {
  code: 'REFUND_EXCEEDS_CHARGE';
  /** decimal strings in `currency` */
  charged: string;
  alreadyRefunded: string;
  requestedAmount: string;
  currency: string;
}
export interface CurrencyMismatch extends FailureBase {
  code: 'CURRENCY_MISMATCH';
  expected: string;
  actual: string;
}
export interface IdempotencyKeyReused extends FailureBase {
  code: 'IDEMPOTENCY_KEY_REUSED';
}
export interface VersionConflict extends FailureBase {
  code: 'VERSION_CONFLICT';
  expectedRevision: number;
  /** null when the stream does not exist */
  currentRevision: number | null;
}
export interface PayloadTooLarge extends FailureBase {
  code: 'PAYLOAD_TOO_LARGE';
  sizeBytes: number;
  limitBytes: number;
}
export interface TooManyUnchanged extends FailureBase {
  code: 'TOO_MANY_UNCHANGED';
  /** so many commands that change nothing are taken, within a day or in a row */
  limit: number;
  /** when the next one is taken, Unix milliseconds; null: when something has changed */
  retryAt: number | null;
}

export type Failure =
  | InvalidInput
  | NotFound
  | AlreadyExists
  | IllegalTransition
  | ReturnExceedsPurchase
  | RefundExceedsCharge
  | CurrencyMismatch
  | IdempotencyKeyReused
  | VersionConflict
  | PayloadTooLarge
  | TooManyUnchanged;

export type FailureCode = Failure['code'];

/** The outcome of something that may be refused. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export const ok = <T>(value: T): Result<T> => ({ ok: true, value });
export const fail = (failure: Failure): { ok: false; failure: Failure } => ({ ok: false, failure });

export const invalid = (path: string[], message: string): { ok: false; failure: Failure } =>
  fail({ code: 'INVALID_INPUT', message, path });

/** INVALID_INPUT about one field, whose path begins the message: `lines.2.quantity must be above zero`. */
export const invalidField = (path: string[], problem: string): { ok: false; failure: Failure } =>
  invalid(path, `${path.join('.')} ${problem}`);
