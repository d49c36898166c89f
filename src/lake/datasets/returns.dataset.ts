import { amount, date, int, nullable, rate, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { documentId, RETURN_EVENT_TYPES } from './return-document';
import { amountOf, inReporting, minus, orZero, plus, reportedAmountOf, whole } from './sql/amounts';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';

const document = fieldsOf(RETURN_EVENT_TYPES);
const ofOrder = fieldsOf(['OrderItemsReturned']);
const { line } = document;
const amountBack = line.number('amount');
const before = whole(orZero(line.optional('returnedBefore')));
const amountInReporting = minus(inReporting(plus(before, amountBack)), inReporting(before));

const columns = [
  string(1, 'document_id', documentId, 'the credit note, or order and revision of the return: 42/3'),
  nullable(string(2, 'order_id', ofOrder.text('orderId'), 'the order; null for a credit note')),
  int(3, 'line_number', line.int('lineNumber'), 'line of the order, or of the credit note'),
  nullable(string(4, 'customer_id', document.text('customerId'), 'null: a guest')),
  string(5, 'product_id', line.text('productId'), 'the product'),
  string(6, 'category', line.text('category'), 'its category on the order or credit note'),
  string(7, 'country', document.text('country'), 'where it was sold'),
  nullable(string(8, 'region', document.text('region'), 'part of the country')),
  string(9, 'currency', document.text('currency'), 'ISO 4217 code of the amounts'),
  int(10, 'quantity', line.int('quantity'), 'units that came back'),
  amount(11, 'amount', amountOf(amountBack), 'what was paid for them'),
  timestamp(12, 'returned_at', envelope.occurredAt, 'when it was processed'),
  string(13, 'position', envelope.position, 'place in the log of the event; compares as text'),
  date(14, 'return_date', businessDay, 'day of returned_at in the time zone of the store'),
  string(15, 'product_name', line.text('productName'), 'its name on the order or credit note'),
  nullable(
    timestamp(
      16,
      'ordered_at',
      ofOrder.time('orderedAt'),
      'when the order was placed; null for a credit note',
    ),
  ),
  nullable(
    rate(17, 'exchange_rate', document.exchangeRate(), 'units of the reporting currency for one of currency'),
  ),
  nullable(
    amount(
      18,
      'amount_reporting',
      reportedAmountOf(amountInReporting),
      'amount in the reporting currency; null without an exchange rate',
    ),
  ),
] as const;

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
  eventTypes: document.types,
  perLine: true,
});
