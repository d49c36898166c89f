import type { StoreConfigured } from '../../domain/events';
import type { RowOf } from '../columns/table-definition';
import { amount, date, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { documentOf, RETURN_EVENT_TYPES, type ReturnEvent } from './return-document';
import { configured, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

const columns = [
  string(1, 'document_id', 'the credit note, or order and revision of the return: 42/3'),
  nullable(string(2, 'order_id', 'the order; null for a credit note')),
  nullable(string(3, 'customer_id', 'null: a guest')),
  string(4, 'country', 'where it was sold'),
  nullable(string(5, 'region', 'part of the country')),
  string(6, 'currency', 'ISO 4217 code of the amounts'),
  amount(7, 'shipping', 'given back of what was charged for shipping'),
  amount(8, 'tax', 'given back of what was charged as tax'),
  timestamp(9, 'refunded_at', 'when it was processed'),
  string(10, 'position', 'place in the log of the event; compares as text'),
  date(11, 'refund_date', 'day of refunded_at in the time zone of the store'),
  nullable(timestamp(12, 'ordered_at', 'when the order was placed; null for a credit note')),
  nullable(rate(13, 'exchange_rate', 'units of the reporting currency for one of currency')),
] as const;

type Row = RowOf<typeof columns>;

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
  eventTypes: RETURN_EVENT_TYPES,
  rows: (event, settings) => refundOf(event, configured(settings)),
});

function refundOf(event: ReturnEvent, { timeZone }: StoreConfigured): Row[] {
  const { data, occurredAt, position } = event;
  const { customerId, country, region, currency, shipping = 0, tax = 0 } = data;
  if (shipping === 0 && tax === 0) return [];
  const { documentId, orderId, orderedAt } = documentOf(event);
  return [
    {
      document_id: documentId,
      order_id: orderId,
      customer_id: customerId,
      country,
      region,
      currency,
      shipping: amountOf(shipping, currency),
      tax: amountOf(tax, currency),
      refunded_at: occurredAt,
      position,
      refund_date: businessDay(occurredAt, timeZone),
      ordered_at: orderedAt,
      exchange_rate: rateColumn(data),
    },
  ];
}
