import { amount, flag, int, nullable, rate, text, timestamp } from './columns';
import { GUEST } from './customer.dimension';
import type { Dialect } from './dialect';
import { dateKey, soldColumns } from './sales-columns';
import type { AffectedIds, DerivedTable } from './table';
import { trueAt } from './versions';

/** Only a change of country, region or category can move a sale to another version. */
const affectedOrders: AffectedIds = {
  name: 'changed_orders',
  column: 'order_id',
  datasets: ['order_lines', 'orders', 'customers', 'products'],
  sql: (dialect) => `
SELECT order_id FROM ${dialect.scratch('load_order_lines')}
 UNION
SELECT order_id FROM ${dialect.scratch('load_orders')} WHERE status = 'CANCELLED'
 UNION
SELECT order_id FROM stg_order_lines WHERE customer_id IN (${movedCustomers(dialect)})
 UNION
SELECT order_id FROM stg_order_lines WHERE product_id IN (${movedProducts(dialect)})`,
};

/** Customers of the load whose versions may have changed. */
export const movedCustomers = (dialect: Dialect): string =>
  `SELECT customer_id FROM ${dialect.scratch('load_customers')}
    WHERE ${dialect.listHas('changed_fields', 'country')} OR ${dialect.listHas('changed_fields', 'region')}`;

/** Products of the load whose versions may have changed. */
export const movedProducts = ({ scratch }: Dialect): string =>
  `SELECT product_id FROM ${scratch('load_products')} WHERE category IS NOT NULL`;

export const factOrders: DerivedTable = {
  name: 'fact_orders',
  doc: 'Every line of every order. The lines of cancelled orders are marked.',
  columns: [
    text('order_id', 'the order'),
    int('line_number', '1, 2, 3 ... within the order'),
    int('date_key', 'day of the order in dim_date'),
    ...soldColumns,
    amount('unit_price', 'price of one unit'),
    amount('gross_amount', 'unit price x quantity, rounded to the minor unit, before discount'),
    amount('discount_amount', 'taken off this line'),
    amount('net_amount', 'gross_amount - discount_amount; returns are in fact_returns'),
    nullable(rate('exchange_rate', 'units of the reporting currency for one of currency')),
    nullable(amount('gross_reporting', 'in the reporting currency; null without an exchange rate')),
    nullable(amount('discount_reporting', 'in the reporting currency; null without an exchange rate')),
    nullable(amount('net_reporting', 'gross_reporting - discount_reporting')),
    flag('is_cancelled', 'the order was cancelled'),
    nullable(timestamp('cancelled_at', 'when; null: it was not')),
    nullable(int('cancelled_date_key', 'day of that in dim_date; null: it was not')),
    timestamp('ordered_at', 'when the order was placed'),
    text('position', 'place in the log of the order; compares as text'),
  ],
  key: ['order_id', 'line_number'],
  affected: affectedOrders,
  rows: (dialect) => `
SELECT f.order_id, f.line_number, ${dateKey('f.order_date')} AS date_key,
       CASE WHEN f.customer_id IS NULL THEN ${dialect.literal(GUEST)} ELSE c.customer_key END AS customer_key, p.product_key,
       f.customer_id, f.product_id, f.product_name, f.category, f.country, f.region, f.currency, f.quantity,
       f.unit_price, f.gross AS gross_amount, f.discount AS discount_amount, f.net AS net_amount,
       f.exchange_rate, f.gross_reporting, f.discount_reporting, f.net_reporting,
       x.order_id IS NOT NULL AS is_cancelled, x.changed_at AS cancelled_at, ${dateKey('x.change_date')} AS cancelled_date_key,
       f.ordered_at, f.position
  FROM stg_order_lines f
  LEFT JOIN dim_customer c ON ${trueAt('c', 'customer_id', 'ordered_at')}
  LEFT JOIN dim_product p ON ${trueAt('p', 'product_id', 'ordered_at')}
  LEFT JOIN stg_orders x ON x.order_id = f.order_id AND x.status = 'CANCELLED'
 WHERE f.order_id IN (SELECT order_id FROM ${dialect.scratch('changed_orders')})`,
};
