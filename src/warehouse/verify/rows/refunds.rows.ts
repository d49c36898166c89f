import type { StoreConfigured } from '../../../domain/events';
import { refunds } from '../../../lake/datasets/refunds.dataset';
import { documentOf, type ReturnEvent } from './return-document';
import { type RowIn, rowsFor } from './rows-for';
import { configured, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

type Row = RowIn<typeof refunds>;

export const refundRows = rowsFor(refunds, (event, settings) => refundOf(event, configured(settings)));

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
