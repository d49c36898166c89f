import { DAY_MS } from '../../domain/calendar';
import { date, flag, int, nullable, text } from './columns';
import { dateKey } from './sales-columns';
import type { WarehouseTable } from './table';

/** A holiday: of one year (`2026-04-03`) or of every year (`12-25`). */
export interface Holiday {
  day: string;
  name: string;
}

export const dimDate: WarehouseTable = {
  name: 'dim_date',
  doc: 'Every day of every year that has an order, a cancellation, a return or a refund, in the time zone of the store.',
  columns: [
    int('date_key', 'yyyymmdd'),
    date('date', 'the day'),
    int('year', 'calendar year'),
    int('quarter', '1 .. 4'),
    int('month', '1 .. 12'),
    text('month_name', 'in English'),
    date('month_start', 'first day of its month'),
    int('day_of_month', '1 .. 31'),
    int('week', 'ISO 8601 week, 1 .. 53'),
    int('week_year', 'year that the ISO 8601 week belongs to'),
    int('day_of_week', 'ISO 8601: 1 is Monday, 7 is Sunday'),
    text('day_name', 'in English'),
    flag('is_weekend', 'Saturday or Sunday'),
    flag('is_holiday', 'by configuration'),
    nullable(text('holiday_name', 'by configuration')),
  ],
  key: ['date_key'],
};

/** A query of the days that dim_date has to have, as keys. */
export const SALES_DAYS = `
SELECT date_key FROM fact_orders UNION ALL SELECT cancelled_date_key FROM fact_orders
 UNION ALL SELECT date_key FROM fact_returns
 UNION ALL SELECT ${dateKey('refund_date')} AS date_key FROM stg_refunds`;

/** A row of `dim_date`. Dates are `YYYY-MM-DD`. */
export type DateRow = Record<string, string | number | boolean | null>;

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** Every day of a year, in order. Of two holidays on one day the first counts. */
export function daysOf(year: number, holidays: readonly Holiday[]): DateRow[] {
  const names = new Map([...holidays].reverse().map(({ day, name }) => [day, name]));
  const rows: DateRow[] = [];
  for (let at = Date.UTC(year, 0, 1); at < Date.UTC(year + 1, 0, 1); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    rows.push(dateRow(at, day, names.get(day) ?? names.get(day.slice(5)) ?? null));
  }
  return rows;
}

function dateRow(at: number, day: string, holiday: string | null): DateRow {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  const dayOfWeek = weekday(at);
  // A week belongs to the year of its Thursday.
  const thursday = at + (4 - dayOfWeek) * DAY_MS;
  const weekYear = new Date(thursday).getUTCFullYear();
  return {
    date_key: year * 10_000 + month * 100 + dayOfMonth,
    date: day,
    year,
    quarter: Math.ceil(month / 3),
    month,
    month_name: MONTHS[month - 1] as string,
    month_start: `${day.slice(0, 7)}-01`,
    day_of_month: dayOfMonth,
    week: Math.floor((thursday - Date.UTC(weekYear, 0, 1)) / DAY_MS / 7) + 1,
    week_year: weekYear,
    day_of_week: dayOfWeek,
    day_name: DAYS[dayOfWeek - 1] as string,
    is_weekend: dayOfWeek > 5,
    is_holiday: holiday !== null,
    holiday_name: holiday,
  };
}

/** 1970-01-01 was a Thursday. */
const weekday = (at: number): number => ((((at / DAY_MS + 3) % 7) + 7) % 7) + 1;
