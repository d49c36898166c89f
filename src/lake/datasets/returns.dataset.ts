import type { CreditNoteLine, OrderReturnedLine, StoreConfigured } from '../../domain/events';
import { returnedInReporting } from '../../domain/reporting-currency';
import type { RowOf } from '../columns/table-definition';
import { amount, date, int, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { documentOf, RETURN_EVENT_TYPES, type ReturnEvent } from './return-document';
import { configured, inReporting, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

const columns = [
  string(1, 'document_id', 'the credit note, or order and revision of the return: 42/3'),
  nullable(string(2, 'order_id', 'the order; null for a credit note')),
  int(3, 'line_number', 'line of the order, or of the credit note'),
  nullable(string(4, 'customer_id', 'null: a guest')),
  string(5, 'product_id', 'the product'),
  string(6, 'category', 'its category on the order or credit note'),
  string(7, 'country', 'where it was sold'),
  nullable(string(8, 'region', 'part of the country')),
  string(9, 'currency', 'ISO 4217 code of the amounts'),
  int(10, 'quantity', 'units that came back'),
  amount(11, 'amount', 'what was paid for them'),
  timestamp(12, 'returned_at', 'when it was processed'),
  string(13, 'position', 'place in the log of the event; compares as text'),
  date(14, 'return_date', 'day of returned_at in the time zone of the store'),
  string(15, 'product_name', 'its name on the order or credit note'),
  nullable(timestamp(16, 'ordered_at', 'when the order was placed; null for a credit note')),
  nullable(rate(17, 'exchange_rate', 'units of the reporting currency for one of currency')),
  nullable(amount(18, 'amount_reporting', 'amount in the reporting currency; null without an exchange rate')),
] as const;

type Row = RowOf<typeof columns>;

/** What came back, a row for each line of a return or credit note. */
export const returns = defineDataset({
  name: 'returns',
  doc:
    'Every line that was returned or credited. ' +
    'Returns of an order that was cancelled later stay here; its cancellation reverses them.',
  columns,
  partitionBy: [{ column: 'return_date', transform: 'month' }],
  // Not by document_id: the id of a credit note may look like that of a return.
  key: ['position', 'line_number'],
  eventTypes: RETURN_EVENT_TYPES,
  rows: (event, settings) => linesOf(event, configured(settings)),
});

function linesOf(event: ReturnEvent, settings: StoreConfigured): Row[] {
  const { data, occurredAt, position } = event;
  const { customerId, country, region, currency } = data;
  const { documentId, orderId, orderedAt } = documentOf(event);
  const exchangeRate = rateColumn(data);
  const reporting = inReporting(data, settings);
  const returnDate = businessDay(occurredAt, settings.timeZone);
  const lines: (OrderReturnedLine | CreditNoteLine)[] = data.lines;
  return lines.map((line) => ({
    document_id: documentId,
    order_id: orderId,
    line_number: line.lineNumber,
    customer_id: customerId,
    product_id: line.productId,
    category: line.category,
    country,
    region,
    currency,
    quantity: line.quantity,
    amount: amountOf(line.amount, currency),
    returned_at: occurredAt,
    position,
    return_date: returnDate,
    product_name: line.productName,
    ordered_at: orderedAt,
    exchange_rate: exchangeRate,
    amount_reporting: reporting((convert) =>
      'returnedBefore' in line ? returnedInReporting(line, convert) : convert(line.amount),
    ),
  }));
}
