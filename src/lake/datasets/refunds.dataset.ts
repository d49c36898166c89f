import { amount, date, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { documentId, RETURN_EVENT_TYPES } from './return-document';
import { amountOf, orZero } from './sql/amounts';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';

const document = fieldsOf(RETURN_EVENT_TYPES);
const ofOrder = fieldsOf(['OrderItemsReturned']);
const shippingBack = orZero(document.number('shipping'));
const taxBack = orZero(document.number('tax'));

const columns = [
  string(1, 'document_id', documentId, 'the credit note, or order and revision of the return: 42/3'),
  nullable(string(2, 'order_id', ofOrder.text('orderId'), 'the order; null for a credit note')),
  nullable(string(3, 'customer_id', document.text('customerId'), 'null: a guest')),
  string(4, 'country', document.text('country'), 'where it was sold'),
  nullable(string(5, 'region', document.text('region'), 'part of the country')),
  string(6, 'currency', document.text('currency'), 'ISO 4217 code of the amounts'),
  amount(7, 'shipping', amountOf(shippingBack), 'given back of what was charged for shipping'),
  amount(8, 'tax', amountOf(taxBack), 'given back of what was charged as tax'),
  timestamp(9, 'refunded_at', envelope.occurredAt, 'when it was processed'),
  string(10, 'position', envelope.position, 'place in the log of the event; compares as text'),
  date(11, 'refund_date', businessDay, 'day of refunded_at in the time zone of the store'),
  nullable(
    timestamp(
      12,
      'ordered_at',
      ofOrder.time('orderedAt'),
      'when the order was placed; null for a credit note',
    ),
  ),
  nullable(
    rate(13, 'exchange_rate', document.exchangeRate(), 'units of the reporting currency for one of currency'),
  ),
] as const;

/**
 * Shipping and tax that were given back, a row for each return or credit note with some. Sums of sales do not
 * include them.
 */
export const refunds = defineDataset({
  name: 'refunds',
  doc:
    'Shipping and tax that returns and credit notes gave back. ' +
    'What came back of the goods is in `returns`.',
  columns,
  partitionBy: [{ column: 'refund_date', transform: 'month' }],
  key: ['position'],
  eventTypes: document.types,
  where: (d) => `(${shippingBack.sql(d)} <> 0 OR ${taxBack.sql(d)} <> 0)`,
});
