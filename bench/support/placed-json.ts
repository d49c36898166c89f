import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { DuckDb } from '../../src/duckdb/duckdb';
import { orderLog } from './order-log';

export const BY_HAND_ROUNDS = 3;

/**
 * Has DuckDB write the rows of order_lines from a file of JSON, as one would by hand, with one thread.
 * @returns processor time in seconds, the best of BY_HAND_ROUNDS
 */
export async function copyByHand(orders: number, folder: string): Promise<number> {
  const json = join(folder, 'placed.json');
  await writePlacedJson(orders, json);
  const duckdb = await DuckDb.open({ temporaryFolder: join(folder, 'by-hand') });
  const session = await duckdb.connect();
  try {
    const seconds: number[] = [];
    for (let round = 0; round < BY_HAND_ROUNDS; round++) {
      const before = process.cpuUsage();
      await session.run(
        `COPY (${linesByHand(json)}) TO '${join(folder, `by-hand-${round}`)}'
           (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARTITION_BY (month))`,
      );
      const { user, system } = process.cpuUsage(before);
      seconds.push((user + system) / 1e6);
    }
    return Math.min(...seconds);
  } finally {
    session.close();
    duckdb.close();
  }
}

/** Writes the data of OrderPlaced events of a shop's log to a file, a line each. */
async function writePlacedJson(orders: number, path: string): Promise<void> {
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
const linesByHand = (path: string): string => `
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
