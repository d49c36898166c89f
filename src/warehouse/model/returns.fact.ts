import { amount, flag, int, nullable, rate, text, timestamp } from './columns';
import { GUEST } from './customer.dimension';
import { movedCustomers, movedProducts } from './orders.fact';
import { dateKey, soldColumns } from './sales-columns';
import type { AffectedIds, DerivedTable } from './table';
import { trueAt } from './versions';

const affectedReturns: AffectedIds = {
  name: 'changed_returns',
  column: 'document_id',
  datasets: ['returns', 'order_lines', 'orders', 'customers', 'products'],
  sql: (dialect) => `
SELECT document_id FROM ${dialect.scratch('load_returns')}
 UNION
SELECT document_id FROM stg_returns WHERE order_id IN (SELECT order_id FROM ${dialect.scratch('load_order_lines')})
 UNION
SELECT document_id FROM stg_returns WHERE order_id IN (SELECT order_id FROM ${dialect.scratch('load_orders')} WHERE status = 'CANCELLED')
 UNION
SELECT document_id FROM stg_returns WHERE customer_id IN (${movedCustomers(dialect)})
 UNION
SELECT document_id FROM stg_returns WHERE product_id IN (${movedProducts(dialect)})`,
};

export const factReturns: DerivedTable = {
  name: 'fact_returns',
  doc: 'Every line that was returned or credited. Returns of orders that were cancelled later are marked.',
  columns: [
    text('document_id', 'the credit note, or order and revision of the return'),
    int('line_number', 'line of the order, or of the credit note'),
    nullable(text('order_id', 'the order; null for a credit note')),
    int('date_key', 'day of the return in dim_date'),
    nullable(int('order_date_key', 'day of the order in dim_date; null for a credit note')),
    ...soldColumns,
    amount('return_amount', 'what was paid for these units'),
    nullable(rate('exchange_rate', 'units of the reporting currency for one of currency')),
    nullable(amount('return_reporting', 'in the reporting currency; null without an exchange rate')),
    flag('order_cancelled', 'the order was cancelled later: neither counts'),
    nullable(int('cancelled_date_key', 'day of that in dim_date; null: it was not')),
    timestamp('returned_at', 'when it was processed'),
    nullable(timestamp('ordered_at', 'when the order was placed; null for a credit note')),
    text('position', 'place in the log of the return; compares as text'),
  ],
  key: ['position', 'line_number'],
  affected: affectedReturns,
  rows: (dialect) => `
SELECT f.document_id, f.line_number, f.order_id, ${dateKey('f.return_date')} AS date_key,
       ${dateKey('o.order_date')} AS order_date_key,
       CASE WHEN f.customer_id IS NULL THEN ${dialect.literal(GUEST)} ELSE c.customer_key END AS customer_key, p.product_key,
       f.customer_id, f.product_id, f.product_name, f.category, f.country, f.region, f.currency, f.quantity,
       f.amount AS return_amount, f.exchange_rate, f.amount_reporting AS return_reporting,
       x.order_id IS NOT NULL AS order_cancelled, ${dateKey('x.change_date')} AS cancelled_date_key, f.returned_at, f.ordered_at, f.position
  FROM stg_returns f
  LEFT JOIN dim_customer c ON ${trueAt('c', 'customer_id', 'returned_at')}
  LEFT JOIN dim_product p ON ${trueAt('p', 'product_id', 'returned_at')}
  LEFT JOIN stg_order_lines o ON o.order_id = f.order_id AND o.line_number = f.line_number
  LEFT JOIN stg_orders x ON x.order_id = f.order_id AND x.status = 'CANCELLED'
 WHERE f.document_id IN (SELECT document_id FROM ${dialect.scratch('changed_returns')})`,
};
