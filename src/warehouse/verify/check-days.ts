import { daysOf, dimDate } from '../model/date.dimension';
import type { WarehouseSession } from '../session';
import type { TableCheck } from './check-table';

/** Holidays come from the configuration, which a verification does not have. */
const COLUMNS = dimDate.columns.map(({ name }) => name).filter((name) => !name.includes('holiday'));

/** Compares `dim_date` with the calendar, for every year that it has a day of. */
export async function checkDays(session: Pick<WarehouseSession, 'query'>): Promise<TableCheck> {
  const rows = await session.query(
    `SELECT ${COLUMNS.map((name) => `CAST(${name} AS VARCHAR) AS ${name}`).join(', ')} FROM ${dimDate.name}`,
  );
  const years = new Set(rows.map(({ date_key: key }) => Math.floor(Number(key) / 10_000)));
  const balance = new Map<string, number>();
  const count = (row: Readonly<Record<string, unknown>>, one: 1 | -1) => {
    const line = COLUMNS.map((name) => row[name]).join('|');
    balance.set(line, (balance.get(line) ?? 0) + one);
  };
  for (const row of rows) count(row, 1);
  for (const year of years) for (const day of daysOf(year, [])) count(day, -1);
  const wrong = [...balance].filter(([, times]) => times !== 0).sort();
  const sum = (sign: 1 | -1) => wrong.reduce((total, [, times]) => total + Math.max(0, sign * times), 0);
  return {
    table: dimDate.name,
    rows: rows.length,
    missing: sum(-1),
    surplus: sum(1),
    column: 'date_key',
    first: wrong[0]?.[0].split('|')[0] ?? null,
  };
}
