import { ForeignPositionError } from '../errors';
import type { Position } from '../position';

/** Digits of the largest unsigned 64-bit number. */
const DIGITS = 20;
/**
 * Servers before 22.6 send 2^64-1 for "not known", and some later ones as a checkpoint; no log is that long.
 */
const LAST_OFFSET = 2n ** 63n - 1n;

/** A position as the client has it. */
export interface LogPosition {
  commit: bigint;
  prepare: bigint;
}

/**
 * An event's position in $all as the position that compares as text. Of events that were written over gRPC
 * commit and prepare are one and the same, so that one of them says it all.
 * @throws Error for what is no position of an event
 */
export function toPosition(position: LogPosition | undefined): Position {
  if (position === undefined || position.commit > LAST_OFFSET)
    throw new Error('The server gave an event without its position; EventStoreDB 22.6 or newer is needed');
  return position.commit.toString().padStart(DIGITS, '0');
}

/**
 * A position as the client takes it; null (before every event) is the start.
 * @throws ForeignPositionError for what is no position of this kind of store
 */
export function fromPosition(position: Position | null): LogPosition | 'start' {
  if (position === null || position === '') return 'start';
  if (!/^\d{20}$/.test(position) || BigInt(position) > LAST_OFFSET)
    throw new ForeignPositionError(`${position} is no position of this event store`);
  const offset = BigInt(position);
  return { commit: offset, prepare: offset };
}
