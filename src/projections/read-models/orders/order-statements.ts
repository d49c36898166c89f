import { textArray } from '../../../postgres/columns';
import { copyRows } from '../../../postgres/copy-rows';
import { omit, parametersOf, type Table, unnestAs } from '../../../postgres/table';
import type { ProjectionClient } from '../../projection';
import { EventRefusedError } from '../event-refused-error';
import { sortedByKey } from '../sorted-by-key';
import { detailsJson, linesJson } from './order-event-row';
import type { NewOrder, OrderChange, OrderEvent } from './order-row';
import { orderEventsTable, ordersChangedTable, ordersTable } from './tables';

/** What a batch does to one order of an earlier batch: set what is not null, add amounts. */
const changeColumns = omit(ordersChangedTable.columns, 'first_position');

const UPDATE = `
UPDATE orders o
   SET status = coalesce(c.status, o.status), revision = c.revision, returns = o.returns + c.returns,
       refunded_shipping = o.refunded_shipping + c.shipping, refunded_tax = o.refunded_tax + c.tax,
       updated_position = c.position
  FROM ${unnestAs('c', changeColumns)}
 WHERE o.order_id = c.order_id`;

/** Appends orders to `orders`, or to the table of a bulk build that has the same columns. */
export function appendOrders(
  client: ProjectionClient,
  table: Table<typeof ordersTable.columns>,
  orders: readonly NewOrder[],
): Promise<void> {
  return copyRows(client, table, orders, {
    order_id: ({ first }) => first.data.orderId,
    status: ({ status }) => status,
    revision: ({ last }) => last.revision,
    customer_id: ({ first }) => first.data.customerId,
    country: ({ first }) => first.data.country,
    region: ({ first }) => first.data.region,
    currency: ({ first }) => first.data.currency,
    exchange_rate: ({ first }) => first.data.exchangeRate ?? null,
    gross: ({ first }) => first.data.gross,
    discounts: ({ first }) => first.data.discounts,
    returns: ({ back }) => back.returns,
    shipping: ({ first }) => first.data.shipping,
    tax: ({ first }) => first.data.tax,
    refunded_shipping: ({ back }) => back.shipping,
    refunded_tax: ({ back }) => back.tax,
    total: ({ first }) => first.data.total,
    placed_at: ({ first }) => first.occurredAt,
    placed_position: ({ first }) => first.position,
    updated_position: ({ last }) => last.position,
  });
}

/** Appends events to the histories of their orders, and the lines of those that are placed. */
export function appendOrderEvents(client: ProjectionClient, events: readonly OrderEvent[]): Promise<void> {
  return copyRows(client, orderEventsTable, events, {
    order_id: ({ data }) => data.orderId,
    revision: ({ revision }) => revision,
    position: ({ position }) => position,
    type: ({ type }) => type,
    occurred_at: ({ occurredAt }) => occurredAt,
    details: detailsJson,
    lines: linesJson,
  });
}

/** Where the columns of a change come from: of an order's id, and what a batch does to that order. */
const changeSources = {
  order_id: ([orderId]: [string, OrderChange]) => orderId,
  status: ([, { status }]: [string, OrderChange]) => status,
  revision: ([, { last }]: [string, OrderChange]) => last.revision,
  returns: ([, { back }]: [string, OrderChange]) => back.returns,
  shipping: ([, { back }]: [string, OrderChange]) => back.shipping,
  tax: ([, { back }]: [string, OrderChange]) => back.tax,
  first_position: ([, { first }]: [string, OrderChange]) => first.position,
  position: ([, { last }]: [string, OrderChange]) => last.position,
};

/** In a bulk build: appends what a batch does to orders of earlier batches. */
export const appendChanges = (
  client: ProjectionClient,
  changes: ReadonlyMap<string, OrderChange>,
): Promise<void> => copyRows(client, ordersChangedTable, [...changes], changeSources);

/**
 * Applies changes to orders of earlier batches, each order at most once in `changes`.
 * @throws EventRefusedError when one of them has no row
 */
export async function updateOrders(
  client: ProjectionClient,
  changes: ReadonlyMap<string, OrderChange>,
): Promise<void> {
  const values = parametersOf(changeColumns, sortedByKey(changes), changeSources);
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
