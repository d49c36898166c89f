import type { OrderStatus } from '../../../domain/events';
import { int4, int8, nullable, oneOf, type Table, text, timestamptz } from '../../../postgres/table';

/** One row an order. `schema.sql` says what each column is. */
export const ordersTable = {
  name: 'orders',
  columns: {
    order_id: text,
    status: oneOf<OrderStatus>(),
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
    lines: text,
    history: text,
  },
} satisfies Table;
