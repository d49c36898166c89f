import type { CreditNoteLine, OrderReturnedLine, StoreConfigured } from '../../../domain/events';
import { returnedInReporting } from '../../../domain/reporting-currency';
import { returns } from '../../../lake/datasets/returns.dataset';
import { documentOf, type ReturnEvent } from './return-document';
import { type RowIn, rowsFor } from './rows-for';
import { configured, inReporting, rateColumn } from './sales';
import { amountOf, businessDay } from './values';

type Row = RowIn<typeof returns>;

export const returnRows = rowsFor(returns, (event, settings) => linesOf(event, configured(settings)));

function linesOf(event: ReturnEvent, settings: StoreConfigured): Row[] {
  const { data, occurredAt, position } = event;
  const { customerId, country, region, currency } = data;
  const { documentId, orderId, orderedAt } = documentOf(event);
  const returnDate = businessDay(occurredAt, settings.timeZone);
  const exchangeRate = rateColumn(data);
  const reporting = inReporting(data, settings);
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
