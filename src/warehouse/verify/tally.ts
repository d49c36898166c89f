import type { Position } from '../../event-store/position';
import type { Dataset } from '../../lake/datasets/dataset';

/**
 * Rows, and the exact sums of the columns that are added up: decimals in the order of the columns, as
 * unscaled whole numbers, then whole numbers.
 */
export interface Tally {
  rows: number;
  sums: bigint[];
  /** sum of the digests of the rows, see `rowDigest` */
  digest: bigint;
}

/**
 * What is counted together: a day (`YYYY-MM-DD`, empty where a dataset has none), a currency (empty where
 * there is none), and what the positions begin with (empty: positions do not matter).
 */
export interface Part {
  day: string;
  currency: string;
  stretch: string;
}

/** By `partKey`, which sorts by day, then currency, then position. */
export type Tallies = Map<string, Tally>;

/** A stretch of the log. */
export interface LogRange {
  /** null: from the start */
  after: Position | null;
  through: Position;
}

/** Which rows are counted, and how finely. */
export interface Selection extends LogRange {
  /** default: every day */
  days?: ReadonlySet<string>;
  /** only positions that begin with one of these, which are of one length; default: all */
  stretches?: ReadonlySet<string>;
  /** positions that begin with the same so many characters are counted together; default 0: all are */
  stretchLength?: number;
}

const SEPARATOR = ' ';

export const partKey = ({ day, currency, stretch }: Part): string =>
  `${day}${SEPARATOR}${currency}${SEPARATOR}${stretch}`;

export function parsePart(key: string): Part {
  const [day = '', currency = '', stretch = ''] = key.split(SEPARATOR);
  return { day, currency, stretch };
}

/** The column of a dataset's business day, if it has one. */
export const dayColumn = ({ columns }: Dataset): string | undefined =>
  columns.find(({ type }) => type.kind === 'date')?.name;

/** Amounts of several currencies are not added. */
export const hasCurrency = ({ columns }: Dataset): boolean => columns.some(({ name }) => name === 'currency');

/** Name and scale of the columns that are added up, in the order of `Tally.sums`. */
export function summedColumns({ columns }: Dataset): { name: string; scale: number }[] {
  const decimals = columns.flatMap(({ name, type }) =>
    type.kind === 'decimal' ? [{ name, scale: type.scale }] : [],
  );
  const whole = columns.flatMap(({ name, type }) =>
    type.kind === 'int' || type.kind === 'long' ? [{ name, scale: 0 }] : [],
  );
  return [...decimals, ...whole];
}

/** Adds a tally to that of its part. */
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
