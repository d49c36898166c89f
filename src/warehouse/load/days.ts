import { daysOf, dimDate, type Holiday, SALES_DAYS } from '../model/date.dimension';
import type { WarehouseReader } from '../session';
import { insertRows } from '../sql/insert-rows';
import type { Statement } from '../sql/statement';

const SALES = `
SELECT CAST(MIN(date_key) AS VARCHAR) AS first_key, CAST(MAX(date_key) AS VARCHAR) AS last_key
  FROM (${SALES_DAYS}) days`;

const KNOWN = `
SELECT CAST(year AS VARCHAR) AS year, CAST(date_key AS VARCHAR) AS date_key, holiday_name
  FROM dim_date WHERE is_holiday OR (month = 1 AND day_of_month = 1)`;

/**
 * Statements that bring dim_date up to date: they add missing years of sales, and rewrite years whose
 * holidays have changed.
 * @param holidays every holiday there is
 * @returns no statement where dim_date is up to date
 */
export async function dayStatements(
  reader: WarehouseReader,
  holidays: readonly Holiday[],
): Promise<Statement[]> {
  const [sales] = await reader.query(SALES);
  if (!sales?.first_key || !sales.last_key) return [];
  const known = new Map<number, Set<string>>();
  for (const { year, date_key: key, holiday_name: name } of await reader.query(KNOWN)) {
    const ofYear = known.get(Number(year)) ?? new Set();
    if (name !== null && name !== undefined) ofYear.add(`${key} ${name}`);
    known.set(Number(year), ofYear);
  }
  const first = yearOf(sales.first_key);
  const years = Array.from({ length: yearOf(sales.last_key) - first + 1 }, (_, index) => first + index);
  return years.flatMap((year) => {
    const has = known.get(year);
    const days = daysOf(year, holidays);
    const wanted = days.flatMap((day) => (day.is_holiday ? [`${day.date_key} ${day.holiday_name}`] : []));
    if (has?.size === wanted.length && wanted.every((day) => has.has(day))) return [];
    return [
      {
        kind: 'delete' as const,
        object: dimDate.name,
        label: `clear year ${year}`,
        sql: `DELETE FROM dim_date WHERE year = ${year}`,
      },
      ...insertRows(reader.dialect, dimDate, days),
    ];
  });
}

const yearOf = (dateKey: string): number => Math.floor(Number(dateKey) / 10_000);
