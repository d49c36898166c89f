import { salesEventTypes } from '../../domain/event-roles';
import type { StoreConfigured } from '../../domain/events';
import { discountInReporting, netInReporting } from '../../domain/reporting-currency';
import type { RecordedEvent } from '../../event-store/event';
import type { RowOf } from '../columns/table-definition';
import { amount, date, int, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { configured, inReporting, rateColumn } from './sales';
import { amountOf, businessDay, priceOf } from './values';

const columns = [
  string(1, 'order_id', 'the order'),
  int(2, 'line_number', '1, 2, 3 ... within the order'),
  nullable(string(3, 'customer_id', 'null: a guest')),
  string(4, 'product_id', 'the product'),
  string(5, 'product_name', 'its name on the order'),
  string(6, 'category', 'its category on the order'),
  string(7, 'country', 'where it was sold'),
  nullable(string(8, 'region', 'part of the country')),
  string(9, 'currency', 'ISO 4217 code of the amounts'),
  amount(10, 'unit_price', 'price of one unit'),
  int(11, 'quantity', 'units ordered'),
  amount(12, 'gross', 'unit price x quantity, rounded to the minor unit, before discount'),
  amount(13, 'discount', 'taken off this line'),
  amount(14, 'net', 'gross - discount'),
  timestamp(15, 'ordered_at', 'when the order was placed'),
  string(16, 'position', 'place in the log of the event; compares as text'),
  date(17, 'order_date', 'day of ordered_at in the time zone of the store'),
  nullable(rate(18, 'exchange_rate', 'units of the reporting currency for one of currency')),
  nullable(amount(19, 'gross_reporting', 'gross in the reporting currency; null without an exchange rate')),
  nullable(
    amount(20, 'discount_reporting', 'gross_reporting - net_reporting; null without an exchange rate'),
  ),
  nullable(amount(21, 'net_reporting', 'net in the reporting currency; null without an exchange rate')),
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
  eventTypes: salesEventTypes({ places: true, cancels: false, returns: false, credits: false }),
  rows: (event, settings) => linesOf(event, configured(settings)),
});

function linesOf(
  { data, occurredAt, position }: RecordedEvent<'OrderPlaced'>,
  settings: StoreConfigured,
): Row[] {
  const { orderId, customerId, country, region, currency } = data;
  const exchangeRate = rateColumn(data);
  const reporting = inReporting(data, settings);
  const orderDate = businessDay(occurredAt, settings.timeZone);
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
    gross: amountOf(line.gross, currency),
    discount: amountOf(line.discount, currency),
    net: amountOf(line.gross - line.discount, currency),
    ordered_at: occurredAt,
    position,
    order_date: orderDate,
    exchange_rate: exchangeRate,
    gross_reporting: reporting((convert) => convert(line.gross)),
    discount_reporting: reporting((convert) => discountInReporting(line, convert)),
    net_reporting: reporting((convert) => netInReporting(line, convert)),
  }));
}
