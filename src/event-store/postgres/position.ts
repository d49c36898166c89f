import { ForeignPositionError } from '../errors';
import type { Position } from '../position';

/** The largest bigint has this many digits. */
const DIGITS = 19;
const ZEROS = '0'.repeat(DIGITS);

/** Makes a position from a decimal bigint: padded, so that positions compare as text. */
export function toPosition(decimal: string): Position {
  return ZEROS.slice(decimal.length) + decimal;
}

/**
 * Makes a decimal for a bigint of PostgreSQL from a position; null (before every event) becomes 0.
 * @throws ForeignPositionError when it is no position of this kind of store
 */
export function fromPosition(position: Position | null): string {
  if (position === null || position === '') return '0';
  if (!/^\d{19}$/.test(position))
    throw new ForeignPositionError(`${position} is no position of this event store`);
  return BigInt(position).toString();
}
