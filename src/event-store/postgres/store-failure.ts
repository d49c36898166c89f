import { DatabaseError } from 'pg';
import { StoreUnavailableError, UpcastError } from '../errors';

/**
 * SQLSTATE classes that say that the server could not do its work now: connection, resources, shutdown,
 * system.
 */
const UNAVAILABLE = new Set(['08', '25', '53', '57', '58']);

/** true when the statement itself was at fault, and not the server or the way to it */
export function isRejected(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.severity === 'FATAL') return false;
  return !UNAVAILABLE.has(error.code?.slice(0, 2) ?? '');
}

/**
 * An error of node-postgres as the port's: StoreUnavailableError, or itself where the statement or an event
 * was at fault.
 */
export function toStoreError(error: unknown): Error {
  if (isRejected(error) || error instanceof UpcastError) return error;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new StoreUnavailableError(`The event store could not be asked: ${reason}`, { cause: error });
}
