import { OvertakenError } from '../../concurrency/keep-trying';

/**
 * Somebody else has changed the tables of a generation or moved its checkpoint. This batch was rolled back,
 * and the fold's memory is stale: start again from the checkpoint.
 */
export class CheckpointMovedError extends OvertakenError {
  override readonly name = 'CheckpointMovedError';
}

/** The connection was lost in the middle of a batch, which was not applied. */
export class ConnectionLostError extends Error {
  override readonly name = 'ConnectionLostError';
}

/**
 * A request about projections cannot be met as things are: an unknown name, nothing to switch to, a build
 * already running.
 */
export class ProjectionRequestError extends Error {
  override readonly name: string = 'ProjectionRequestError';
}

/** No projection of the catalogue has this name. */
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

/** SQLSTATE classes that blame a row: data exceptions and constraint violations. */
const DATA_ERROR_CLASSES = new Set(['22', '23']);

/**
 * Is the event at fault, rather than the connection, a lock, the disk or the schema? It is where the fold
 * itself throws, and of the database's errors only for data exceptions and violated constraints.
 */
export function isDataError(error: unknown): boolean {
  if (error instanceof CheckpointMovedError || error instanceof ConnectionLostError) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? DATA_ERROR_CLASSES.has(code.slice(0, 2)) : error instanceof Error;
}
