import { STATUS_EVENT_TYPES, type StatusEventType, statusAfter } from '../../domain/event-roles';
import type { OrderCancelled, OrderPlaced, StoreConfigured } from '../../domain/events';
import { unreachable } from '../../domain/unreachable';
import type { RecordedEvent } from '../../event-store/event';
import type { RowOf } from '../columns/table-definition';
import { amount, date, int, list, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { configured, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

type StatusEvent = RecordedEvent<StatusEventType>;

const columns = [
  string(1, 'order_id', 'the order'),
  string(2, 'status', 'PLACED, PAID, SHIPPED, DELIVERED or CANCELLED'),
  nullable(string(3, 'customer_id', 'null: a guest')),
  nullable(string(4, 'country', 'where it was sold')),
  nullable(string(5, 'region', 'part of the country')),
  nullable(string(6, 'currency', 'ISO 4217 code of the amounts')),
  nullable(amount(7, 'gross', 'sum of the lines before discounts')),
  nullable(amount(8, 'discounts', 'sum of the discounts of the lines')),
  nullable(amount(9, 'shipping', 'charged for shipping; PLACED only')),
  nullable(amount(10, 'tax', 'PLACED only')),
  nullable(amount(11, 'total', 'gross - discounts + shipping + tax, as placed')),
  timestamp(12, 'changed_at', 'when the order came to this status'),
  string(13, 'position', 'place in the log of the event; compares as text'),
  date(14, 'change_date', 'day of changed_at in the time zone of the store'),
  nullable(timestamp(15, 'ordered_at', 'when the order was placed; PLACED and CANCELLED only')),
  nullable(rate(16, 'exchange_rate', 'units of the reporting currency for one of currency')),
  int(17, 'revision', 'number of the event within the order, from 0'),
  nullable(
    list(18, 'product_ids', 'product of each line, in the order of the lines; PLACED and CANCELLED only'),
  ),
] as const;

type Row = RowOf<typeof columns>;

/** What became of each order, a row for each change of status. */
export const orders = defineDataset({
  name: 'orders',
  doc:
    'Every change of status of every order. ' +
    'PLACED rows have all amounts; PAID, SHIPPED and DELIVERED rows repeat none of them.',
  columns,
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['position'],
  eventTypes: STATUS_EVENT_TYPES,
  rows: (event, settings) => [statusRow(event, configured(settings))],
});

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
