import { bool, date, int8, numeric, oneOf, type Table, text } from '../../../postgres/table';
import type { Clock } from './revenue-deltas';

const dayKey = { clock: oneOf<Clock>(), currency: text, converted: bool, day: date };
const money = { gross: numeric, discounts: numeric, returns: numeric };
const counts = { units: int8, units_returned: int8, orders: int8 };

/** Sales by day and category. `schema.sql` says what each column is. */
export const categoryRevenueTable = {
  name: 'category_revenue',
  columns: { ...dayKey, category: text, ...money, ...counts },
} satisfies Table;

/** Sales by day. */
export const revenueTable = {
  name: 'revenue',
  columns: { ...dayKey, ...money, ...counts },
} satisfies Table;

/** What could not be converted into the reporting currency. */
export const unconvertedRevenueTable = {
  name: 'unconverted_revenue',
  columns: { clock: dayKey.clock, currency: text, day: date, ...money, orders: int8, documents: int8 },
} satisfies Table;

export const revenueSettingsTable = {
  name: 'revenue_settings',
  columns: { reporting_currency: text, time_zone: text },
} satisfies Table;
