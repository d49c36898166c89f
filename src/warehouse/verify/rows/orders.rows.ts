import { type StatusEventType, statusAfter } from '../../../domain/event-roles';
import type { OrderCancelled, OrderPlaced, StoreConfigured } from '../../../domain/events';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import { orders } from '../../../lake/datasets/orders.dataset';
import { type RowIn, rowsFor } from './rows-for';
import { configured, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

type Row = RowIn<typeof orders>;
type StatusEvent = RecordedEvent<StatusEventType>;

export const orderRows = rowsFor(orders, (event, settings) => [statusRow(event, configured(settings))]);

function statusRow(event: StatusEvent, { timeZone }: StoreConfigured): Row {
  const { type, data, occurredAt, position, revision } = event;
  const { sale, placed, orderedAt } = saleOf(event);
  const amountIn = (minor: number | undefined) =>
    sale === null || minor === undefined ? null : amountOf(minor, sale.currency);
  return {
    order_id: data.orderId,
    status: statusAfter(type),
    customer_id: data.customerId,
    country: sale?.country ?? null,
    region: sale?.region ?? null,
    currency: sale?.currency ?? null,
    gross: amountIn(sale?.gross),
    discounts: amountIn(sale?.discounts),
    shipping: amountIn(placed?.shipping),
    tax: amountIn(placed?.tax),
    total: amountIn(sale?.total),
    changed_at: occurredAt,
    position,
    change_date: businessDay(occurredAt, timeZone),
    ordered_at: orderedAt,
    exchange_rate: sale === null ? null : rateColumn(sale),
    revision,
    product_ids: sale === null ? null : sale.lines.map((line) => line.productId),
  };
}

interface Sale {
  /** null when the event repeats nothing of the order */
  sale: OrderPlaced | OrderCancelled | null;
  placed: OrderPlaced | null;
  /** Unix milliseconds; null when the event does not say */
  orderedAt: number | null;
}

/** What an event that changes the status says of the sale. */
function saleOf(event: StatusEvent): Sale {
  switch (event.type) {
    case 'OrderPlaced':
      return { sale: event.data, placed: event.data, orderedAt: event.occurredAt };
    case 'OrderCancelled':
      return { sale: event.data, placed: null, orderedAt: event.data.orderedAt };
    case 'OrderPaid':
    case 'OrderShipped':
    case 'OrderDelivered':
      return { sale: null, placed: null, orderedAt: null };
    default:
      return unreachable(event);
  }
}
