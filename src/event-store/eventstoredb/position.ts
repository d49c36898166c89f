import { ForeignPositionError } from '../errors';
import type { Position } from '../position';

/** The largest unsigned 64-bit integer has this many digits. */
const DIGITS = 20;
/**
 * Servers before 22.6 send 2^64-1 for "unknown", and some later ones as a checkpoint. No log is that long.
 */
const LAST_OFFSET = 2n ** 63n - 1n;

/** A position of the client. */
export interface LogPosition {
  commit: bigint;
  prepare: bigint;
}

/**
 * Makes a position from an event's position in $all: padded, so that positions compare as text. Events that
 * were written over gRPC have equal commit and prepare positions, so that one of them is enough.
 * @throws Error when the server has sent no position
 */
export function toPosition(position: LogPosition | undefined): Position {
  if (position === undefined || position.commit > LAST_OFFSET)
    throw new Error('The server gave an event without its position; EventStoreDB 22.6 or newer is needed');
  return position.commit.toString().padStart(DIGITS, '0');
}

/**
 * Makes a position of the client; null (before every event) becomes the start of the log.
 * @throws ForeignPositionError when it is no position of this kind of store
 */
export function fromPosition(position: Position | null): LogPosition | 'start' {
  if (position === null || position === '') return 'start';
  if (!/^\d{20}$/.test(position) || BigInt(position) > LAST_OFFSET)
    throw new ForeignPositionError(`${position} is no position of this event store`);
  const offset = BigInt(position);
  return { commit: offset, prepare: offset };
}
