import { normalText } from '../../domain/text';
import type { Position } from '../../event-store/position';
import type { Budget } from '../cost/budget';
import type { OrderStatus } from '../types/enums';
import type { Order, OrderConnection } from '../types/order.type';
import { connectionFrom, type Page, placedBefore, placedKey } from './cursor';
import {
  type OrderParts,
  type OrderRow,
  orderColumns,
  orderView,
  STORED_COLUMNS,
  storedSize,
} from './order-view';
import { AS_OF, asOf, type Reader, readRows } from './snapshot';

/** Which orders are wanted; what is absent or null does not matter. Times are Unix milliseconds. */
export interface OrderConditions {
  customerId?: string | null;
  status?: OrderStatus | null;
  country?: string | null;
  currency?: string | null;
  /** inclusive */
  placedFrom?: number | null;
  /** exclusive */
  placedTo?: number | null;
}

/** Orders by id, in no order; what does not exist is left out. */
export async function readOrders(
  reader: Reader,
  ids: readonly string[],
  parts: OrderParts,
  budget: Budget,
): Promise<Order[]> {
  const rows = await budget.readStored(parts, (mostBytes) =>
    readRows<OrderRow>(
      reader,
      `SELECT ${AS_OF}, ${orderColumns(parts, mostBytes)}
         FROM read.projections p JOIN read.orders o ON true ${storedSize(parts)}
        WHERE p.projection = 'orders' AND o.order_id = ANY($1)`,
      [ids],
    ),
  );
  return rows.map(orderView);
}

/** Those of the orders that changed after the position beside their id, without lines and history. */
export async function readChangedOrders(
  reader: Reader,
  ids: readonly string[],
  seen: readonly Position[],
): Promise<{ order: Order; updated: Position }[]> {
  const rows = await readRows<OrderRow>(
    reader,
    `SELECT ${AS_OF}, ${STORED_COLUMNS}
       FROM read.projections p, unnest($1::text[], $2::text[]) AS w(id, seen)
       JOIN read.orders o ON o.order_id = w.id COLLATE "C" AND o.updated_position > w.seen COLLATE "C"
      WHERE p.projection = 'orders'`,
    [ids, seen],
  );
  return rows.map((row) => ({ order: orderView(row), updated: row.updated_position }));
}

/** Of two orders of one time the one that came later is the later one. */
const LAST_PLACED_FIRST = 'ORDER BY o.placed_at DESC, o.placed_position DESC';

/** A page of orders, the last one placed first. */
export async function readOrderPage(
  reader: Reader,
  conditions: OrderConditions,
  page: Page,
  parts: OrderParts,
  budget: Budget,
): Promise<OrderConnection> {
  const values: unknown[] = [page.first + 1];
  const where: string[] = [];
  const [time, position] = placedBefore(page);
  if (time !== null) {
    values.push(time, position);
    where.push('(o.placed_at, o.placed_position) < ($2::timestamptz, $3)');
  }
  const add = (condition: string, value: unknown) => {
    if (value == null) return;
    values.push(value);
    where.push(`${condition} ($${values.length})`);
  };
  add('o.customer_id =', conditions.customerId);
  add('o.status =', conditions.status);
  add('o.country = ANY', conditions.country == null ? null : notationsOf(conditions.country));
  add('o.currency =', conditions.currency);
  add('o.placed_at >=', toDate(conditions.placedFrom));
  add('o.placed_at <', toDate(conditions.placedTo));
  const rows = await budget.readStored(parts, (mostBytes) =>
    readRows<OrderRow | UnmatchedRow>(
      reader,
      `SELECT ${AS_OF}, ${orderColumns(parts, mostBytes)}
         FROM read.projections p
         LEFT JOIN LATERAL (
           SELECT ${STORED_COLUMNS} FROM read.orders o
            ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
            ${LAST_PLACED_FIRST} LIMIT $1) o ON true ${storedSize(parts)}
        WHERE p.projection = 'orders'
        ${LAST_PLACED_FIRST}`,
      values,
    ),
  );
  const orders = rows.filter(isMatched).map(orderView);
  return connectionFrom(orders, page, placedKey, asOf(rows[0]));
}

/** A page of orders of each of several customers, the last one placed first. */
export async function readOrderPagesOf(
  reader: Reader,
  customerIds: readonly string[],
  page: Page,
  parts: OrderParts,
  budget: Budget,
): Promise<Map<string, OrderConnection>> {
  const rows = await budget.readStored(parts, (mostBytes) =>
    readRows<(OrderRow | UnmatchedRow) & { wanted: string }>(
      reader,
      `SELECT ${AS_OF}, w.id AS wanted, ${orderColumns(parts, mostBytes)}
         FROM read.projections p
        CROSS JOIN unnest($1::text[]) AS w(id)
         LEFT JOIN LATERAL (
           SELECT ${STORED_COLUMNS} FROM read.orders o
            WHERE o.customer_id = w.id COLLATE "C"
              AND ($3::timestamptz IS NULL OR (o.placed_at, o.placed_position) < ($3, $4))
            ${LAST_PLACED_FIRST} LIMIT $2) o ON true ${storedSize(parts)}
        WHERE p.projection = 'orders'
        ${LAST_PLACED_FIRST}`,
      [customerIds, page.first + 1, ...placedBefore(page)],
    ),
  );
  const ordersOf = new Map<string, Order[]>(customerIds.map((id) => [id, []]));
  for (const row of rows) if (isMatched(row)) ordersOf.get(row.wanted)?.push(orderView(row));
  return new Map(
    Array.from(ordersOf, ([id, orders]) => [id, connectionFrom(orders, page, placedKey, asOf(rows[0]))]),
  );
}

/** What an outer join makes where nothing matched: only `asOf` is known. */
type UnmatchedRow = {
  [K in keyof OrderRow]: K extends 'as_of_position' | 'as_of_time' | 'stored_bytes' ? OrderRow[K] : null;
};

function isMatched<Row extends OrderRow>(row: Row | UnmatchedRow): row is Row {
  return row.order_id !== null;
}

/** A name in its normal form, as events have it now, and as it was given, as older ones may have it. */
const notationsOf = (name: string): string[] => [...new Set([normalText(name), name])];

const toDate = (unixMs: number | null | undefined): Date | null => (unixMs == null ? null : new Date(unixMs));
