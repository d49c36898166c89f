import { OvertakenError } from '../../concurrency/keep-trying';

/**
 * Another process moved the generation: this one's batch was rolled back, and what it remembers of the tables
 * is stale.
 */
export class CheckpointMovedError extends OvertakenError {
  override readonly name = 'CheckpointMovedError';
}

/** The database went away in the middle of a batch; it was not applied. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/**
 * The request about projections cannot be met as it stands: an unknown name, nothing to switch to, a build
 * already running.
 */
export class ProjectionRequestError extends Error {
  override readonly name: string = 'ProjectionRequestError';
}

/** A name that is none of the catalogue's. */
export class UnknownProjectionError extends ProjectionRequestError {
  override readonly name = 'UnknownProjectionError';
}

/** A fold refused an event during a rebuild, where nothing may be left out unseen. */
export class PoisonEventError extends Error {
  override readonly name = 'PoisonEventError';
  constructor(
    readonly projection: string,
    readonly stream: string,
    readonly position: string,
    readonly reason: string,
  ) {
    super(
      `Projection ${projection} cannot take the event at ${position} (stream ${stream}): ${reason}. ` +
        `\`tidemark replay ${projection} --park\` parks its stream and goes on.`,
    );
  }
}

/** SQLSTATE classes that blame the row: data exceptions and constraint violations. */
const DATA_ERROR_CLASSES = new Set(['22', '23']);

/**
 * Is it the event that is at fault, rather than the connection, a lock, the disk or the schema? A fold's own
 * exception is; of what the database says only data exceptions and violated constraints are.
 */
export function isDataError(error: unknown): boolean {
  if (error instanceof CheckpointMovedError || error instanceof ConnectionLostError) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? DATA_ERROR_CLASSES.has(code.slice(0, 2)) : error instanceof Error;
}
