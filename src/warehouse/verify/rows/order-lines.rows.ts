import type { StoreConfigured } from '../../../domain/events';
import { discountInReporting, netInReporting } from '../../../domain/reporting-currency';
import type { RecordedEvent } from '../../../event-store/event';
import { orderLines } from '../../../lake/datasets/order-lines.dataset';
import { type RowIn, rowsFor } from './rows-for';
import { configured, inReporting, rateColumn } from './sales';
import { amountOf, businessDay, priceOf } from './values';

type Row = RowIn<typeof orderLines>;

export const orderLineRows = rowsFor(orderLines, (event, settings) => linesOf(event, configured(settings)));

function linesOf(
  { data, occurredAt, position }: RecordedEvent<'OrderPlaced'>,
  settings: StoreConfigured,
): Row[] {
  const { orderId, customerId, country, region, currency } = data;
  const orderDate = businessDay(occurredAt, settings.timeZone);
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
