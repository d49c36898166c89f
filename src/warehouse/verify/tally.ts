import type { Position } from '../../event-store/position';
import type { Dataset } from '../../lake/datasets/dataset';

/**
 * The number of rows, and exact sums of their columns: first decimals, as unscaled whole numbers in the order
 * of the columns, then whole numbers.
 */
export interface Tally {
  rows: number;
  sums: bigint[];
  /** sum of the digests of the rows, see `rowDigest` */
  digest: bigint;
}

/**
 * The rows that one tally counts: those of a day (`YYYY-MM-DD`, empty where a dataset has none), of a
 * currency (empty where it has none), and of positions with the same leading digits (empty: of all).
 */
export interface Part {
  day: string;
  currency: string;
  stretch: string;
}

/** Tallies by `partKey`, which sorts by day, currency, position. */
export type Tallies = Map<string, Tally>;

/** A range of the log. */
export interface LogRange {
  /** exclusive; null: from the start */
  after: Position | null;
  through: Position;
}

/** Which rows are counted, and how finely. */
export interface Selection extends LogRange {
  /** default: every day */
  days?: ReadonlySet<string>;
  /** only positions with one of these leading digits, all of one length; default: all positions */
  stretches?: ReadonlySet<string>;
  /** positions with the same so many leading digits are counted together; default 0: all of them */
  stretchLength?: number;
}

const SEPARATOR = ' ';

export const partKey = ({ day, currency, stretch }: Part): string =>
  `${day}${SEPARATOR}${currency}${SEPARATOR}${stretch}`;

export function parsePart(key: string): Part {
  const [day = '', currency = '', stretch = ''] = key.split(SEPARATOR);
  return { day, currency, stretch };
}

/** The column with the business day of a dataset, if it has one. */
export const dayColumn = ({ columns }: Dataset): string | undefined =>
  columns.find(({ type }) => type.kind === 'date')?.name;

/** Amounts of different currencies are never added. */
export const hasCurrency = ({ columns }: Dataset): boolean => columns.some(({ name }) => name === 'currency');

/** Name and scale of the columns that are summed, in the order of `Tally.sums`. */
export function summedColumns({ columns }: Dataset): { name: string; scale: number }[] {
  const decimals = columns.flatMap(({ name, type }) =>
    type.kind === 'decimal' ? [{ name, scale: type.scale }] : [],
  );
  const whole = columns.flatMap(({ name, type }) =>
    type.kind === 'int' || type.kind === 'long' ? [{ name, scale: 0 }] : [],
  );
  return [...decimals, ...whole];
}

/** Adds a tally to the one of its part. */
export function addTally(tallies: Tallies, key: string, added: Tally): void {
  const { rows, sums, digest } = added;
  const known = tallies.get(key);
  if (known === undefined) {
    tallies.set(key, { ...added, sums: [...sums] });
    return;
  }
  known.rows += rows;
  known.digest += digest;
  for (const [index, value] of sums.entries()) known.sums[index] = (known.sums[index] ?? 0n) + value;
}

export function sameTally(a: Tally | undefined, b: Tally | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.rows === b.rows && a.digest === b.digest && a.sums.every((value, index) => value === b.sums[index])
  );
}
