import type { Pool } from 'pg';
import { formatAmount } from '../domain/money';
import { STREAM_PREFIXES } from '../domain/streams';
import type { RecordedEvent } from '../event-store/event';
import type { EventStore } from '../event-store/event-store';
import type { Position } from '../event-store/position';
import { textArray } from '../postgres/columns';
import { namesOf, omit, type Row } from '../postgres/table';
import { ordersTable } from '../projections/read-models/orders/tables';
import { BATCH_SIZE, type ReadModelChange, type ReadModelChangeKind } from './change';

const columns = omit(ordersTable.columns, 'exchange_rate', 'placed_position');

type OrderRow = Row<typeof columns>;

const ROWS = `
SELECT ${namesOf(columns)}
  FROM read.orders
 WHERE order_id = ANY($1::text[]) AND updated_position = ANY($2::text[])
 ORDER BY updated_position`;

/**
 * Orders as their newest event left them. A row that a later event has changed already is published with that
 * event. So an order that changed many times is published once, and never an older state after a newer one.
 */
export const orderChanges: ReadModelChangeKind = {
  type: 'tidemark.order.changed',
  projection: 'orders',
  async read({ pool, store }, after, published) {
    const { events, through } = await nextEvents(store, after, published);
    return { changes: await rowsAsOf(pool, events), through };
  },
};

async function nextEvents(
  store: EventStore,
  after: Position,
  published: Position,
): Promise<{ events: RecordedEvent[]; through: Position }> {
  const batches = store.readAll(after || null, {
    filter: { streamPrefixes: [STREAM_PREFIXES.order] },
    batchSize: BATCH_SIZE,
    until: published,
    metadata: false,
  });
  for await (const { events, through } of batches) return { events, through };
  return { events: [], through: published };
}

async function rowsAsOf(pool: Pool, events: readonly RecordedEvent[]): Promise<ReadModelChange[]> {
  if (events.length === 0) return [];
  const newest = new Map(events.map((event) => [event.stream.slice(STREAM_PREFIXES.order.length), event]));
  const positions = [...newest.values()].map(({ position }) => position);
  const { rows } = await pool.query<OrderRow>(ROWS, [textArray([...newest.keys()]), textArray(positions)]);
  return rows.map((row) => ({
    subject: row.order_id,
    position: row.updated_position,
    at: newest.get(row.order_id)?.occurredAt ?? row.placed_at.getTime(),
    data: orderData(row),
  }));
}

function orderData(row: OrderRow): object {
  const { currency } = row;
  const amount = (minor: string) => formatAmount(BigInt(minor), currency);
  return {
    orderId: row.order_id,
    status: row.status,
    revision: row.revision,
    customerId: row.customer_id,
    country: row.country,
    region: row.region,
    currency,
    gross: amount(row.gross),
    discounts: amount(row.discounts),
    returns: amount(row.returns),
    shipping: amount(row.shipping),
    tax: amount(row.tax),
    refundedShipping: amount(row.refunded_shipping),
    refundedTax: amount(row.refunded_tax),
    total: amount(row.total),
    placedAt: row.placed_at.toISOString(),
    updatedPosition: row.updated_position,
  };
}
