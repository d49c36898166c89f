import type { OrderLine } from '../../../domain/events';
import { textArray } from '../../../postgres/columns';
import { insert, int4, int8, nullable, parametersOf, text, unnestAs } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { sortedByKey } from '../sorted-by-key';
import type { NewOrder, OrderChange } from './order-row';
import { ordersTable } from './tables';

/** What a batch does to one order of an earlier batch: set what is not null, add amounts, append history. */
const changeColumns = {
  order_id: text,
  status: nullable(ordersTable.columns.status),
  revision: int4,
  returns: int8,
  shipping: int8,
  tax: int8,
  position: text,
  history: text,
};

const INSERT = insert(ordersTable);

const UPDATE = `
UPDATE orders o
   SET status = coalesce(c.status, o.status), revision = c.revision, returns = o.returns + c.returns,
       refunded_shipping = o.refunded_shipping + c.shipping, refunded_tax = o.refunded_tax + c.tax,
       updated_position = c.position, history = left(o.history, -1) || ',' || c.history || ']'
  FROM ${unnestAs('c', changeColumns)}
 WHERE o.order_id = c.order_id`;

/** Writes orders placed in this batch. */
export async function insertOrders(client: ProjectionClient, orders: readonly NewOrder[]): Promise<void> {
  const values = parametersOf(ordersTable.columns, orders, {
    order_id: ({ placed }) => placed.data.orderId,
    status: ({ status }) => status,
    revision: ({ last }) => last.revision,
    customer_id: ({ placed }) => placed.data.customerId,
    country: ({ placed }) => placed.data.country,
    region: ({ placed }) => placed.data.region,
    currency: ({ placed }) => placed.data.currency,
    exchange_rate: ({ placed }) => placed.data.exchangeRate ?? null,
    gross: ({ placed }) => placed.data.gross,
    discounts: ({ placed }) => placed.data.discounts,
    returns: ({ back }) => back.returns,
    shipping: ({ placed }) => placed.data.shipping,
    tax: ({ placed }) => placed.data.tax,
    refunded_shipping: ({ back }) => back.shipping,
    refunded_tax: ({ back }) => back.tax,
    total: ({ placed }) => placed.data.total,
    placed_at: ({ placed }) => placed.occurredAt,
    placed_position: ({ placed }) => placed.position,
    updated_position: ({ last }) => last.position,
    lines: ({ placed }) => linesJson(placed.data.lines),
    history: ({ history }) => `[${history}]`,
  });
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
  const values = parametersOf(changeColumns, sortedByKey(changes), {
    order_id: ([orderId]) => orderId,
    status: ([, { status }]) => status,
    revision: ([, { last }]) => last.revision,
    returns: ([, { back }]) => back.returns,
    shipping: ([, { back }]) => back.shipping,
    tax: ([, { back }]) => back.tax,
    position: ([, { last }]) => last.position,
    history: ([, { history }]) => history,
  });
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
