import type { EventType, OrderStatus } from '../../../domain/events';
import { int4, int8, nullable, oneOf, type Table, text, timestamptz } from '../../../postgres/table';

const status = oneOf<OrderStatus>();

/** One row an order. `schema.sql` says what each column is. */
export const ordersTable = {
  name: 'orders',
  columns: {
    order_id: text,
    status,
    revision: int4,
    customer_id: nullable(text),
    country: text,
    region: nullable(text),
    currency: text,
    exchange_rate: nullable(text),
    gross: int8,
    discounts: int8,
    returns: int8,
    shipping: int8,
    tax: int8,
    refunded_shipping: int8,
    refunded_tax: int8,
    total: int8,
    placed_at: timestamptz,
    placed_position: text,
    updated_position: text,
  },
} satisfies Table;

/** One row an event of an order. */
export const orderEventsTable = {
  name: 'order_events',
  columns: {
    order_id: text,
    revision: int4,
    position: text,
    type: oneOf<EventType>(),
    occurred_at: timestamptz,
    details: nullable(text),
    lines: nullable(text),
  },
} satisfies Table;

/** Of a bulk build: orders as the batch left them that placed them. */
export const ordersPlacedTable = { name: 'orders_placed', columns: ordersTable.columns } satisfies Table;

/** Of a bulk build: what later batches did to an order. `bulk-schema.sql` says what each column is. */
export const ordersChangedTable = {
  name: 'orders_changed',
  columns: {
    order_id: text,
    status: nullable(status),
    revision: int4,
    returns: int8,
    shipping: int8,
    tax: int8,
    first_position: text,
    position: text,
  },
} satisfies Table;
