import type { Dataset, Row, Value } from '../../export/dataset';

/** Rows, and the exact sum of each decimal column, as unscaled whole numbers in the order of the columns. */
export interface Tally {
  rows: number;
  sums: bigint[];
}

/** A part of a dataset: its day (`YYYY-MM-DD`, empty where a dataset has none), or its day and a position. */
export type Tallies = Map<string, Tally>;

const DAY_MS = 86_400_000;

/** The column of a dataset's business day, if it has one. */
export const dayColumn = ({ columns }: Dataset): string | undefined =>
  columns.find(({ type }) => type.kind === 'date')?.name;

/** Name and scale of the columns that are added up. */
export const summedColumns = ({ columns }: Dataset): { name: string; scale: number }[] =>
  columns.flatMap(({ name, type }) => (type.kind === 'decimal' ? [{ name, scale: type.scale }] : []));

/** The day of a row. */
export function dayOf(dataset: Dataset, row: Row): string {
  const column = dayColumn(dataset);
  return column === undefined ? '' : new Date(Number(row[column]) * DAY_MS).toISOString().slice(0, 10);
}

/** Adds a row to the tally of its part. */
export function addRow(tallies: Tallies, part: string, columns: readonly { name: string }[], row: Row): void {
  addTally(tallies, part, { rows: 1, sums: columns.map(({ name }) => unscaled(row[name] ?? null)) });
}

/** Adds a tally to that of its part. */
export function addTally(tallies: Tallies, part: string, { rows, sums }: Tally): void {
  const known = tallies.get(part);
  if (known === undefined) {
    tallies.set(part, { rows, sums: [...sums] });
    return;
  }
  known.rows += rows;
  for (const [index, value] of sums.entries()) known.sums[index] = (known.sums[index] ?? 0n) + value;
}

export function sameTally(a: Tally | undefined, b: Tally | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.rows === b.rows && a.sums.every((value, index) => value === b.sums[index]);
}

const unscaled = (value: Value): bigint => (value === null ? 0n : BigInt(value as number | bigint));
