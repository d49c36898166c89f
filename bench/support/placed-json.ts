import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { orderLog } from './order-log';

/** Writes the data of OrderPlaced events of a shop's log to a file, a line each. */
export async function writePlacedJson(orders: number, path: string): Promise<void> {
  const file = createWriteStream(path);
  for (const { event } of orderLog(orders)) {
    if (event.type !== 'OrderPlaced') continue;
    const line = JSON.stringify({ ...(event.data as object), occurredAt: event.occurredAt });
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/**
 * The rows of order_lines as one would write them for DuckDB by hand: from a file of JSON, without a check,
 * of a shop whose currencies all have two decimals.
 */
export const linesByHand = (path: string): string => `
  SELECT orderId AS order_id, line.lineNumber AS line_number, customerId AS customer_id,
         line.productId AS product_id, line.productName AS product_name, line.category AS category, country,
         region, currency, line.unitPrice::DECIMAL(18, 4) AS unit_price, line.quantity AS quantity,
         (line.gross / 100)::DECIMAL(18, 4) AS gross, (line.discount / 100)::DECIMAL(18, 4) AS discount,
         ((line.gross - line.discount) / 100)::DECIMAL(18, 4) AS net,
         make_timestamptz(occurredAt * 1000) AS ordered_at,
         (make_timestamptz(occurredAt * 1000) AT TIME ZONE 'Europe/Berlin')::DATE AS order_date,
         exchangeRate::DECIMAL(25, 10) AS exchange_rate,
         strftime(ordered_at, '%Y-%m') AS month
    FROM (SELECT *, unnest(lines) AS line FROM read_json('${path}', format = 'newline_delimited', columns = {
      orderId: 'VARCHAR', customerId: 'VARCHAR', country: 'VARCHAR', region: 'VARCHAR', currency: 'VARCHAR',
      exchangeRate: 'VARCHAR', occurredAt: 'BIGINT',
      lines: 'STRUCT(lineNumber INTEGER, productId VARCHAR, productName VARCHAR, category VARCHAR,
        unitPrice VARCHAR, quantity INTEGER, gross BIGINT, discount BIGINT)[]'
    }))`;
