import { STATUS_EVENT_TYPES, type StatusEventType, statusAfter } from '../../domain/event-roles';
import { amount, date, int, list, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { businessDay, envelope } from './sql/envelope';
import { byType } from './sql/expression';
import { fieldsOf, named } from './sql/values';

const order = fieldsOf(STATUS_EVENT_TYPES);
const sale = fieldsOf(['OrderPlaced', 'OrderCancelled']);
const placed = fieldsOf(['OrderPlaced']);

const orderedAt = byType<StatusEventType>({
  OrderPlaced: envelope.occurredAt,
  OrderCancelled: fieldsOf(['OrderCancelled']).time('orderedAt'),
  OrderPaid: null,
  OrderShipped: null,
  OrderDelivered: null,
});

const columns = [
  string(1, 'order_id', order.text('orderId'), 'the order'),
  string(
    2,
    'status',
    named(STATUS_EVENT_TYPES, statusAfter),
    'PLACED, PAID, SHIPPED, DELIVERED or CANCELLED',
  ),
  nullable(string(3, 'customer_id', order.text('customerId'), 'null: a guest')),
  nullable(string(4, 'country', sale.text('country'), 'where it was sold')),
  nullable(string(5, 'region', sale.text('region'), 'part of the country')),
  nullable(string(6, 'currency', sale.text('currency'), 'ISO 4217 code of the amounts')),
  nullable(amount(7, 'gross', sale.amount('gross'), 'sum of the lines before discounts')),
  nullable(amount(8, 'discounts', sale.amount('discounts'), 'sum of the discounts of the lines')),
  nullable(amount(9, 'shipping', placed.amount('shipping'), 'charged for shipping; PLACED only')),
  nullable(amount(10, 'tax', placed.amount('tax'), 'PLACED only')),
  nullable(amount(11, 'total', sale.amount('total'), 'gross - discounts + shipping + tax, as placed')),
  timestamp(12, 'changed_at', envelope.occurredAt, 'when the order came to this status'),
  string(13, 'position', envelope.position, 'place in the log of the event; compares as text'),
  date(14, 'change_date', businessDay, 'day of changed_at in the time zone of the store'),
  nullable(timestamp(15, 'ordered_at', orderedAt, 'when the order was placed; PLACED and CANCELLED only')),
  nullable(
    rate(16, 'exchange_rate', sale.exchangeRate(), 'units of the reporting currency for one of currency'),
  ),
  int(17, 'revision', envelope.revision, 'number of the event within the order, from 0'),
  nullable(
    list(
      18,
      'product_ids',
      sale.ofLines('productId'),
      'product of each line, in the order of the lines; PLACED and CANCELLED only',
    ),
  ),
] as const;

/** What became of each order, a row for each change of status. */
export const orders = defineDataset({
  name: 'orders',
  doc:
    'Every change of status of every order. ' +
    'PLACED rows have all amounts; PAID, SHIPPED and DELIVERED rows repeat none of them.',
  columns,
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['position'],
  eventTypes: order.types,
});
