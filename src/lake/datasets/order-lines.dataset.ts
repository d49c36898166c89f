import { salesEventTypes } from '../../domain/event-roles';
import type { StoreConfigured } from '../../domain/events';
import { discountInReporting, netInReporting } from '../../domain/reporting-currency';
import type { RecordedEvent } from '../../event-store/event';
import type { RowOf } from '../columns/table-definition';
import { amount, date, int, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { configured, inReporting, rateColumn } from './sales';
import { amountOf, inReporting as inReportingSql, minus, reportedAmountOf } from './sql/amounts';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';
import { amountOf as amountOfMinor, businessDay as businessDayOf, priceOf } from './values';

const order = fieldsOf(salesEventTypes({ places: true, cancels: false, returns: false, credits: false }));
const { line } = order;
const gross = line.number('gross');
const discount = line.number('discount');
const net = minus(gross, discount);
const grossInReporting = inReportingSql(gross);
const netInReportingSql = inReportingSql(net);

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
      reportedAmountOf(minus(grossInReporting, netInReportingSql)),
      'gross_reporting - net_reporting; null without an exchange rate',
    ),
  ),
  nullable(
    amount(
      21,
      'net_reporting',
      reportedAmountOf(netInReportingSql),
      'net in the reporting currency; null without an exchange rate',
    ),
  ),
] as const;

type Row = RowOf<typeof columns>;

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
  rows: (event, settings) => linesOf(event, configured(settings)),
});

function linesOf(
  { data, occurredAt, position }: RecordedEvent<'OrderPlaced'>,
  settings: StoreConfigured,
): Row[] {
  const { orderId, customerId, country, region, currency } = data;
  const orderDate = businessDayOf(occurredAt, settings.timeZone);
  const exchangeRate = rateColumn(data);
  const reporting = inReporting(data, settings);
  // One literal: spreading another object into each row takes twenty times as long.
  return data.lines.map((line) => ({
    order_id: orderId,
    line_number: line.lineNumber,
    customer_id: customerId,
    product_id: line.productId,
    product_name: line.productName,
    category: line.category,
    country,
    region,
    currency,
    unit_price: priceOf(line.unitPrice),
    quantity: line.quantity,
    gross: amountOfMinor(line.gross, currency),
    discount: amountOfMinor(line.discount, currency),
    net: amountOfMinor(line.gross - line.discount, currency),
    ordered_at: occurredAt,
    position,
    order_date: orderDate,
    exchange_rate: exchangeRate,
    gross_reporting: reporting((convert) => convert(line.gross)),
    discount_reporting: reporting((convert) => discountInReporting(line, convert)),
    net_reporting: reporting((convert) => netInReporting(line, convert)),
  }));
}
