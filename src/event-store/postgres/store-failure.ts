import { DatabaseError } from 'pg';
import { StoreUnavailableError, UpcastError } from '../errors';

/**
 * SQLSTATE classes of a server that cannot work now: connection, transaction state, resources, operator,
 * system.
 */
const UNAVAILABLE = new Set(['08', '25', '53', '57', '58']);

/** true: the statement was at fault, not the server or the connection */
export function isRejected(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.severity === 'FATAL') return false;
  return !UNAVAILABLE.has(error.code?.slice(0, 2) ?? '');
}

/**
 * Translates an error of node-postgres: into StoreUnavailableError, unless the statement or an event was at
 * fault.
 */
export function toStoreError(error: unknown): Error {
  if (isRejected(error) || error instanceof UpcastError) return error;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new StoreUnavailableError(`The event store could not be asked: ${reason}`, { cause: error });
}
