import { amount, flag, int, nullable, sum, text, timestamp } from '../columns';
import { dateKey } from '../sales-columns';
import type { WarehouseView } from '../table';

/** Orders with the amounts that their lines do not have: shipping, tax and the total. */
export const orderTotals: WarehouseView = {
  name: 'order_totals',
  doc: 'Every order with its total. Cancelled ones are marked.',
  columns: [
    text('order_id', 'the order'),
    nullable(text('customer_id', 'the customer; null: a guest')),
    text('country', 'where it was sold'),
    nullable(text('region', 'part of the country')),
    text('currency', 'ISO 4217 code of the amounts'),
    amount('gross', 'sum of the lines before discounts'),
    amount('discounts', 'sum of the discounts of the lines'),
    amount('shipping', 'charged for shipping'),
    amount('tax', 'charged as tax'),
    amount('total', 'gross - discounts + shipping + tax'),
    flag('is_cancelled', 'the order was cancelled'),
    timestamp('ordered_at', 'when it was placed'),
    text('position', 'place in the log of the order; compares as text'),
  ],
  sql: `
SELECT p.order_id, p.customer_id, p.country, p.region, p.currency, p.gross, p.discounts, p.shipping, p.tax, p.total,
       x.order_id IS NOT NULL AS is_cancelled, p.changed_at AS ordered_at, p.position
  FROM stg_orders p
  LEFT JOIN stg_orders x ON x.order_id = p.order_id AND x.status = 'CANCELLED'
 WHERE p.status = 'PLACED'`,
};

/** Shipping and tax are not sales, so only this view has their refunds. */
export const refunds: WarehouseView = {
  name: 'refunds',
  doc: 'Shipping and tax that returns and credit notes gave back. Those of orders that were cancelled later are marked.',
  columns: [
    text('document_id', 'the credit note, or order and revision of the return'),
    nullable(text('order_id', 'the order; null for a credit note')),
    int('date_key', 'day of the refund in dim_date'),
    nullable(text('customer_id', 'the customer; null: a guest')),
    text('country', 'where it was sold'),
    nullable(text('region', 'part of the country')),
    text('currency', 'ISO 4217 code of the amounts'),
    amount('shipping', 'given back of what was charged for shipping'),
    amount('tax', 'given back of what was charged as tax'),
    flag('order_cancelled', 'the order was cancelled later'),
    timestamp('refunded_at', 'when it was processed'),
    text('position', 'place in the log of the refund; compares as text'),
  ],
  sql: `
SELECT r.document_id, r.order_id, ${dateKey('r.refund_date')} AS date_key, r.customer_id, r.country, r.region, r.currency,
       r.shipping, r.tax, x.order_id IS NOT NULL AS order_cancelled, r.refunded_at, r.position
  FROM stg_refunds r
  LEFT JOIN stg_orders x ON x.order_id = r.order_id AND x.status = 'CANCELLED'`,
};

/** The columns that a row of `sales` and a row of `books` share. */
const sold = [
  nullable(text('customer_id', 'the customer; null: a guest')),
  text('customer_key', 'in dim_customer'),
  text('product_id', 'the product'),
  text('product_key', 'in dim_product'),
  text('category', 'on the document'),
  text('country', 'where it was sold'),
  nullable(text('region', 'part of the country')),
  text('currency', 'ISO 4217 code of the amounts'),
  sum('gross', 'before discounts'),
  sum('discounts', 'taken off'),
  sum('returns', 'what was paid for what came back'),
  int('units', 'ordered'),
  int('units_returned', 'came back'),
  nullable(sum('gross_reporting', 'gross in the reporting currency; null without a rate')),
  nullable(sum('discounts_reporting', 'discounts in the reporting currency; null without a rate')),
  nullable(sum('returns_reporting', 'returns in the reporting currency; null without a rate')),
  nullable(
    sum('net_reporting', 'gross - discounts - returns in the reporting currency; null without a rate'),
  ),
];

const SOLD = 'customer_id, customer_key, product_id, product_key, category, country, region, currency';

/**
 * The amounts of a row of fact_orders, or of fact_returns, as columns of `sales` and `books`.
 * @param sign `-` subtracts them
 */
const ordered = (sign = '') => `
       ${sign}gross_amount AS gross, ${sign}discount_amount AS discounts, 0 AS returns, ${sign}quantity AS units, 0 AS units_returned,
       ${sign}gross_reporting AS gross_reporting, ${sign}discount_reporting AS discounts_reporting,
       CASE WHEN net_reporting IS NOT NULL THEN 0 END AS returns_reporting, ${sign}net_reporting AS net_reporting`;
const returned = (sign = '') => `
       0, 0, ${sign}return_amount, 0, ${sign}quantity, CASE WHEN return_reporting IS NOT NULL THEN 0 END,
       CASE WHEN return_reporting IS NOT NULL THEN 0 END, ${sign}return_reporting, ${sign}(-return_reporting)`;

/** The rows that the analytics add up. */
export const sales: WarehouseView = {
  name: 'sales',
  doc: 'What counts as sales: every ordered and every returned line but those of cancelled orders. Returns stand in columns of their own.',
  columns: [
    nullable(text('order_id', 'the order; null on returned lines, so that orders can be counted')),
    int('date_key', 'day of the order or return in dim_date'),
    int('order_date_key', 'day of the order in dim_date; of a credit note, its own day'),
    ...sold,
  ],
  sql: `
SELECT order_id, date_key, date_key AS order_date_key, ${SOLD}, ${ordered()}
  FROM fact_orders WHERE NOT is_cancelled
 UNION ALL
SELECT NULL, date_key, COALESCE(order_date_key, date_key), ${SOLD}, ${returned()}
  FROM fact_returns WHERE NOT order_cancelled`,
};

/**
 * The books. A posting never changes: a cancellation is rows of its own, which subtract what the order and
 * its returns had posted. Each posting is one row with both days, so neither clock counts anything twice.
 */
export const books: WarehouseView = {
  name: 'books',
  doc: 'Every posting of the books, a row a line. Added up by date_key they are the clock PROCESSED, by order_date_key the clock ORDERED.',
  columns: [
    text('posting', 'ORDER, RETURN, CREDIT_NOTE or CANCELLATION'),
    nullable(text('order_id', 'the order; null for a credit note')),
    int('date_key', 'day of the posting in dim_date'),
    int('order_date_key', 'day of the order in dim_date; of a credit note, its own day'),
    ...sold,
  ],
  sql: `
SELECT 'ORDER' AS posting, order_id, date_key, date_key AS order_date_key, ${SOLD}, ${ordered()}
  FROM fact_orders
 UNION ALL
SELECT 'CANCELLATION', order_id, cancelled_date_key, date_key, ${SOLD}, ${ordered('-')}
  FROM fact_orders WHERE is_cancelled
 UNION ALL
SELECT CASE WHEN order_id IS NULL THEN 'CREDIT_NOTE' ELSE 'RETURN' END, order_id, date_key, COALESCE(order_date_key, date_key),
       ${SOLD}, ${returned()}
  FROM fact_returns
 UNION ALL
SELECT 'CANCELLATION', order_id, cancelled_date_key, COALESCE(order_date_key, date_key), ${SOLD}, ${returned('-')}
  FROM fact_returns WHERE order_cancelled`,
};
