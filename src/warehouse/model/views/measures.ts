import { long, sum } from '../columns';
import type { WarehouseColumn } from '../table';

/** What is added up over view `sales`, in the currency of the row. */
export const measures: readonly WarehouseColumn[] = [
  sum('gross', 'before discounts'),
  sum('discounts', 'taken off'),
  sum('returns', 'what was paid for what came back'),
  sum('net', 'gross - discounts - returns'),
  long('units', 'ordered'),
  long('units_returned', 'came back'),
  long('orders', 'orders with such a line'),
];

export const MEASURES = `SUM(s.gross) AS gross, SUM(s.discounts) AS discounts, SUM(s.returns) AS returns,
       SUM(s.gross) - SUM(s.discounts) - SUM(s.returns) AS net, SUM(s.units) AS units,
       SUM(s.units_returned) AS units_returned, COUNT(DISTINCT s.order_id) AS orders`;
