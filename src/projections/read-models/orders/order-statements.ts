import type { OrderLine } from '../../../domain/events';
import { int4Array, int8Array, textArray, timestamptzArray } from '../../../postgres/columns';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { sortedByKey } from '../sorted-by-key';
import type { NewOrder, OrderChange } from './order-row';

const INSERT = `
INSERT INTO orders (order_id, status, revision, customer_id, country, region, currency, exchange_rate, gross, discounts,
                    returns, shipping, tax, refunded_shipping, refunded_tax, total, placed_at, placed_position,
                    updated_position, lines, history)
SELECT * FROM unnest($1::text[], $2::text[], $3::int4[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::int8[], $10::int8[], $11::int8[], $12::int8[], $13::int8[], $14::int8[], $15::int8[], $16::int8[],
                     $17::timestamptz[], $18::text[], $19::text[], $20::text[], $21::text[])`;

const UPDATE = `
UPDATE orders o
   SET status = coalesce(c.status, o.status), revision = c.revision, returns = o.returns + c.returns,
       refunded_shipping = o.refunded_shipping + c.shipping, refunded_tax = o.refunded_tax + c.tax,
       updated_position = c.position, history = left(o.history, -1) || ',' || c.history || ']'
  FROM unnest($1::text[], $2::text[], $3::int4[], $4::int8[], $5::int8[], $6::int8[], $7::text[], $8::text[])
       AS c(order_id, status, revision, returns, shipping, tax, position, history)
 WHERE o.order_id = c.order_id`;

/** Writes orders placed in this batch. */
export async function insertOrders(client: ProjectionClient, orders: readonly NewOrder[]): Promise<void> {
  const data = orders.map((order) => order.placed.data);
  const values = [
    textArray(data.map((order) => order.orderId)),
    textArray(orders.map((order) => order.status)),
    int4Array(orders.map((order) => order.last.revision)),
    textArray(data.map((order) => order.customerId)),
    textArray(data.map((order) => order.country)),
    textArray(data.map((order) => order.region)),
    textArray(data.map((order) => order.currency)),
    textArray(data.map((order) => order.exchangeRate ?? null)),
    int8Array(data.map((order) => order.gross)),
    int8Array(data.map((order) => order.discounts)),
    int8Array(orders.map((order) => order.back.returns)),
    int8Array(data.map((order) => order.shipping)),
    int8Array(data.map((order) => order.tax)),
    int8Array(orders.map((order) => order.back.shipping)),
    int8Array(orders.map((order) => order.back.tax)),
    int8Array(data.map((order) => order.total)),
    timestamptzArray(orders.map((order) => order.placed.occurredAt)),
    textArray(orders.map((order) => order.placed.position)),
    textArray(orders.map((order) => order.last.position)),
    textArray(data.map((order) => linesJson(order.lines))),
    textArray(orders.map((order) => `[${order.history}]`)),
  ];
  await client.query({ name: 'orders-insert', text: INSERT, values });
}

/**
 * Applies changes to orders of earlier batches, each order at most once in `changes`.
 * @throws EventRefusedError when one of them has no row
 */
export async function updateOrders(
  client: ProjectionClient,
  changes: ReadonlyMap<string, OrderChange>,
): Promise<void> {
  const sorted = sortedByKey(changes);
  const rows = sorted.map(([, change]) => change);
  const values = [
    textArray(sorted.map(([orderId]) => orderId)),
    textArray(rows.map((change) => change.status)),
    int4Array(rows.map((change) => change.last.revision)),
    int8Array(rows.map((change) => change.back.returns)),
    int8Array(rows.map((change) => change.back.shipping)),
    int8Array(rows.map((change) => change.back.tax)),
    textArray(rows.map((change) => change.last.position)),
    textArray(rows.map((change) => change.history)),
  ];
  const { rowCount } = await client.query({ name: 'orders-update', text: UPDATE, values });
  if (rowCount !== changes.size) throw await missingOrder(client, changes);
}

async function missingOrder(
  client: ProjectionClient,
  changes: ReadonlyMap<string, OrderChange>,
): Promise<Error> {
  const { rows } = await client.query<{ order_id: string }>(
    'SELECT order_id FROM orders WHERE order_id = ANY($1::text[])',
    [textArray([...changes.keys()])],
  );
  const found = new Set(rows.map((row) => row.order_id));
  for (const [orderId, change] of changes) {
    if (!found.has(orderId)) return new EventRefusedError(change.last, `there is no order ${orderId}`);
  }
  return new Error(`${changes.size} orders were to be changed, but the table has ${found.size} of them`);
}

/** In a fixed order of keys, so that the bytes do not depend on how a store keeps JSON. */
function linesJson(lines: readonly OrderLine[]): string {
  return JSON.stringify(
    lines.map(({ lineNumber, productId, productName, category, unitPrice, quantity, gross, discount }) => ({
      lineNumber,
      productId,
      productName,
      category,
      unitPrice,
      quantity,
      gross,
      discount,
    })),
  );
}
