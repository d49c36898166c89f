import type { Position } from '../../event-store/position';
import { badUserInput } from '../errors';
import { LIMITS } from '../limits';
import type { AsOf } from '../types/as-of.type';
import type { Connection } from '../types/connection.type';

/** One zero-padded number, or two where a store counts commit and prepare. */
const POSITION = /^\d{19,20}(-\d{19,20})?$/;

/** A page to read: at most `first` rows behind `after`. */
export interface Page {
  first: number;
  /** key of the row before the page; null for the first page */
  after: string | null;
}

/** Is it something that a log can have given out as a position? */
export const isPosition = (text: string): text is Position => POSITION.test(text);

/** Where an order stands in a list by the time it was placed, then by its place in the log. */
export interface Placed {
  /** Unix milliseconds */
  placedAt: number;
  position: Position;
}

const PLACED = /^(\d{1,15})@(.+)$/;

/** The key of an order in such a list. */
export const placedKey = ({ placedAt, position }: Placed): string => `${placedAt}@${position}`;

export const isPlacedKey = (key: string): boolean => isPosition(PLACED.exec(key)?.[2] ?? '');

/**
 * The two values that `(placed_at, position)` is compared with for the rows behind a page; nulls before the
 * first page.
 */
export function placedBefore({ after }: Page): [Date, Position] | [null, null] {
  if (after === null) return [null, null];
  const [, time, position] = PLACED.exec(after) ?? [];
  if (time === undefined || position === undefined) throw new Error(`No key of a list by time: ${after}`);
  return [new Date(Number(time)), position];
}

export const encodeCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');

function decodeCursor(cursor: string, isKey: (key: string) => boolean): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key !== '' && encodeCursor(key) === cursor && isKey(key)) return key;
  throw badUserInput('after: this is no cursor of this list');
}

/**
 * Checks the arguments of a connection.
 * @param isKey tells keys of this list from others; default: positions
 * @throws GraphQLError BAD_USER_INPUT
 */
export function pageOf(
  { first, after }: { first?: number | null; after?: string | null },
  isKey: (key: string) => boolean = isPosition,
): Page {
  const size = first ?? LIMITS.pageSize.default;
  checkFirst(size);
  return { first: size, after: after == null ? null : decodeCursor(after, isKey) };
}

/** @throws GraphQLError BAD_USER_INPUT when a page cannot have so many rows */
export function checkFirst(first: number): void {
  const { max } = LIMITS.pageSize;
  if (first < 1 || first > max) throw badUserInput(`first: must be from 1 to ${max}`);
}

/**
 * The position behind which a subscription starts; null: the client names none.
 * @throws GraphQLError BAD_USER_INPUT
 */
export function startPosition(after: string | null | undefined): Position | null {
  if (after == null || after === '' || isPosition(after)) return after ?? null;
  throw badUserInput('after: must be a position, as in the field `position` or in asOf');
}

/** Makes a connection of one row more than the page has, if there are that many. */
export function connectionFrom<T>(
  rows: readonly T[],
  { first, after }: Page,
  keyOf: (row: T) => string,
  asOf: AsOf,
): Connection<T> {
  const edges = rows.slice(0, first).map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    asOf,
  };
}
