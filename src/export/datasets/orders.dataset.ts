import type { OrderCancelled, OrderPlaced, OrderStatus, StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { Dataset, Row } from '../dataset';
import { amount, date, int, list, nullable, rate, string, timestamp } from './columns';
import { configured, salesColumns } from './sales';
import { amountOf, businessDay } from './values';

type StatusEvent = RecordedEvent<
  'OrderPlaced' | 'OrderPaid' | 'OrderShipped' | 'OrderDelivered' | 'OrderCancelled'
>;

const STATUS: Record<StatusEvent['type'], OrderStatus> = {
  OrderPlaced: 'PLACED',
  OrderPaid: 'PAID',
  OrderShipped: 'SHIPPED',
  OrderDelivered: 'DELIVERED',
  OrderCancelled: 'CANCELLED',
};

/** What the events of payment, shipment and delivery do not repeat. */
const NOT_REPEATED: Row = {
  country: null,
  region: null,
  currency: null,
  exchange_rate: null,
  gross: null,
  discounts: null,
  shipping: null,
  tax: null,
  total: null,
  ordered_at: null,
  product_ids: null,
};

/** What became of each order, a row a change of its status. */
export const orders: Dataset = {
  name: 'orders',
  doc: 'Every change of status of every order. PLACED rows have all amounts; PAID, SHIPPED and DELIVERED rows repeat none of them.',
  columns: [
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
  ],
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['position'],
  eventTypes: ['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered', 'OrderCancelled'],
  rows: (event, settings) =>
    event.type in STATUS ? [statusRow(event as StatusEvent, configured(settings))] : [],
};

function statusRow(event: StatusEvent, { timeZone }: StoreConfigured): Row {
  const { data, occurredAt, position, revision } = event;
  return {
    order_id: data.orderId,
    status: STATUS[event.type],
    customer_id: data.customerId,
    ...amounts(event),
    changed_at: occurredAt,
    position,
    change_date: businessDay(occurredAt, timeZone),
    revision,
  };
}

function amounts(event: StatusEvent): Row {
  switch (event.type) {
    case 'OrderPlaced': {
      const { data, occurredAt } = event;
      return {
        ...salesAmounts(data),
        shipping: amountOf(data.shipping, data.currency),
        tax: amountOf(data.tax, data.currency),
        ordered_at: occurredAt,
      };
    }
    case 'OrderCancelled':
      return { ...salesAmounts(event.data), shipping: null, tax: null, ordered_at: event.data.orderedAt };
    default:
      return NOT_REPEATED;
  }
}

function salesAmounts(order: OrderPlaced | OrderCancelled): Row {
  const { currency } = order;
  return {
    ...salesColumns(order),
    gross: amountOf(order.gross, currency),
    discounts: amountOf(order.discounts, currency),
    total: amountOf(order.total, currency),
    product_ids: order.lines.map((line) => line.productId),
  };
}
