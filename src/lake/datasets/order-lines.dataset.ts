import { salesEventTypes } from '../../domain/event-roles';
import { amount, date, int, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { amountOf, inReporting, minus, reportedAmountOf } from './sql/amounts';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';

const order = fieldsOf(salesEventTypes({ places: true, cancels: false, returns: false, credits: false }));
const { line } = order;
const gross = line.number('gross');
const discount = line.number('discount');
const net = minus(gross, discount);
const grossInReporting = inReporting(gross);
const netInReporting = inReporting(net);

const columns = [
  string(1, 'order_id', order.text('orderId'), 'the order'),
  int(2, 'line_number', line.int('lineNumber'), '1, 2, 3 ... within the order'),
  nullable(string(3, 'customer_id', order.text('customerId'), 'null: a guest')),
  string(4, 'product_id', line.text('productId'), 'the product'),
  string(5, 'product_name', line.text('productName'), 'its name on the order'),
  string(6, 'category', line.text('category'), 'its category on the order'),
  string(7, 'country', order.text('country'), 'where it was sold'),
  nullable(string(8, 'region', order.text('region'), 'part of the country')),
  string(9, 'currency', order.text('currency'), 'ISO 4217 code of the amounts'),
  amount(10, 'unit_price', line.price('unitPrice'), 'price of one unit'),
  int(11, 'quantity', line.int('quantity'), 'units ordered'),
  amount(12, 'gross', amountOf(gross), 'unit price x quantity, rounded to the minor unit, before discount'),
  amount(13, 'discount', amountOf(discount), 'taken off this line'),
  amount(14, 'net', amountOf(net), 'gross - discount'),
  timestamp(15, 'ordered_at', envelope.occurredAt, 'when the order was placed'),
  string(16, 'position', envelope.position, 'place in the log of the event; compares as text'),
  date(17, 'order_date', businessDay, 'day of ordered_at in the time zone of the store'),
  nullable(
    rate(18, 'exchange_rate', order.exchangeRate(), 'units of the reporting currency for one of currency'),
  ),
  nullable(
    amount(
      19,
      'gross_reporting',
      reportedAmountOf(grossInReporting),
      'gross in the reporting currency; null without an exchange rate',
    ),
  ),
  nullable(
    amount(
      20,
      'discount_reporting',
      reportedAmountOf(minus(grossInReporting, netInReporting)),
      'gross_reporting - net_reporting; null without an exchange rate',
    ),
  ),
  nullable(
    amount(
      21,
      'net_reporting',
      reportedAmountOf(netInReporting),
      'net in the reporting currency; null without an exchange rate',
    ),
  ),
] as const;

/** What was ordered, a row for each line, as it was when the order was placed. */
export const orderLines = defineDataset({
  name: 'order_lines',
  doc:
    'Every line of every order, as placed. ' +
    'A cancellation is a row of `orders`, a return one of `returns`.',
  columns,
  partitionBy: [{ column: 'order_date', transform: 'month' }],
  key: ['order_id', 'line_number'],
  eventTypes: order.types,
  perLine: true,
});
