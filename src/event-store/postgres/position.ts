import { ForeignPositionError } from '../errors';
import type { Position } from '../position';

/** Digits of the largest bigint. */
const DIGITS = 19;
const ZEROS = '0'.repeat(DIGITS);

/** A decimal bigint of the log as the position that compares as text. */
export function toPosition(decimal: string): Position {
  return ZEROS.slice(decimal.length) + decimal;
}

/**
 * A position as the decimal that PostgreSQL takes for a bigint; null (before every event) is 0.
 * @throws ForeignPositionError for what is no position of this kind of store
 */
export function fromPosition(position: Position | null): string {
  if (position === null || position === '') return '0';
  if (!/^\d{19}$/.test(position))
    throw new ForeignPositionError(`${position} is no position of this event store`);
  return BigInt(position).toString();
}
