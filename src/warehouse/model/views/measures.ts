import { long, sum } from '../columns';
import type { WarehouseColumn } from '../table';

const REPORTING = 'in the reporting currency; what has no exchange rate is left out';

/** The sums over view `sales` or `books`, in the currency of the row and in the reporting currency. */
export const measures: readonly WarehouseColumn[] = [
  sum('gross', 'before discounts'),
  sum('discounts', 'taken off'),
  sum('returns', 'what was paid for what came back'),
  sum('net', 'gross - discounts - returns'),
  long('units', 'ordered'),
  long('units_returned', 'came back'),
  long('orders', 'orders with such a line'),
  sum('gross_reporting', `gross ${REPORTING}`),
  sum('discounts_reporting', `discounts ${REPORTING}`),
  sum('returns_reporting', `returns ${REPORTING}`),
  sum('net_reporting', `net ${REPORTING}`),
];

const SUMS = `SUM(s.gross) AS gross, SUM(s.discounts) AS discounts, SUM(s.returns) AS returns,
       SUM(s.gross) - SUM(s.discounts) - SUM(s.returns) AS net, SUM(s.units) AS units,
       SUM(s.units_returned) AS units_returned, COALESCE(SUM(s.gross_reporting), 0) AS gross_reporting,
       COALESCE(SUM(s.discounts_reporting), 0) AS discounts_reporting,
       COALESCE(SUM(s.returns_reporting), 0) AS returns_reporting, COALESCE(SUM(s.net_reporting), 0) AS net_reporting`;

/** Over `sales s`, which has no cancelled orders. */
export const SALES_MEASURES = `${SUMS}, COUNT(DISTINCT s.order_id) AS orders`;

const ordersPosted = (posting: string): string =>
  `COUNT(DISTINCT CASE WHEN s.posting = '${posting}' THEN s.order_id END)`;

/** Over `books s`, where a cancellation subtracts its order again. */
export const BOOKS_MEASURES = `${SUMS}, ${ordersPosted('ORDER')} - ${ordersPosted('CANCELLATION')} AS orders`;
