import type { EventStore } from '../../../src/event-store/event-store';
import { readSettings } from '../../../src/event-store/settings-stream';
import type { Row } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import { rowsOfEvent } from '../../../src/warehouse/verify/rows/rows-of-event';
import { parseUnscaled } from '../../../src/warehouse/verify/sql-tallies';
import { hasCurrency } from '../../../src/warehouse/verify/tally';
import type { Row as ReadRow } from '../readers/readers';

/** Sums over a table. */
export interface Totals {
  rows: number;
  /** sum of each amount, by `<currency> <column>`, in ten-thousandths */
  sums: Record<string, bigint>;
}

const SCALE = 4;

/** Columns of amounts of money. */
const amountsOf = ({ columns }: Dataset): string[] =>
  columns.flatMap(({ name, type }) => (type.kind === 'decimal' && type.scale === SCALE ? [name] : []));

/** The rows that a dataset makes of the log. @param until last position; default: the end of the log */
export async function rowsOfLog(store: EventStore, dataset: Dataset, until?: string): Promise<Row[]> {
  const settings = (await readSettings(store))?.data;
  const rows: Row[] = [];
  for await (const { events } of store.readAll(null, { until })) {
    for (const event of events) {
      if (dataset.eventTypes?.includes(event.type) ?? true)
        rows.push(...rowsOfEvent(dataset, event, settings));
    }
  }
  return rows;
}

/** @param rows of `rowsOfLog` */
export const totalsOfLog = (dataset: Dataset, rows: readonly Row[]): Totals =>
  totals(dataset, rows, (value) => BigInt(value as number | bigint));

/** @param rows as pyiceberg reads them */
export const totalsOfRead = (dataset: Dataset, rows: readonly ReadRow[]): Totals =>
  totals(dataset, rows, (value) => parseUnscaled(String(value), SCALE));

/** A query for the totals, in DuckDB's SQL. `totalsOfQuery` reads its result. */
export function totalsQuery(dataset: Dataset, table: string): string {
  const currency = hasCurrency(dataset) ? 'currency' : `'' AS currency`;
  const sums = amountsOf(dataset).map((name) => `, sum(${name}) AS ${name}`);
  return `SELECT ${currency}, count(*) AS n${sums.join('')} FROM ${table} GROUP BY ALL`;
}

export function totalsOfQuery(dataset: Dataset, answer: readonly ReadRow[]): Totals {
  const rows = answer.reduce((sum, { n }) => sum + Number(n), 0);
  return { rows, sums: totals(dataset, answer, (value) => parseUnscaled(String(value), SCALE)).sums };
}

function totals(
  dataset: Dataset,
  rows: readonly Record<string, unknown>[],
  amount: (value: unknown) => bigint,
): Totals {
  const sums: Record<string, bigint> = {};
  for (const row of rows) {
    for (const name of amountsOf(dataset)) {
      const key = `${row.currency} ${name}`;
      sums[key] = (sums[key] ?? 0n) + (row[name] === null ? 0n : amount(row[name]));
    }
  }
  return { rows: rows.length, sums };
}
