import type { OrderLine as StoredLine } from '../../domain/events';
import type { OrderStatus } from '../types/enums';
import type { Order, OrderHistoryEntry, OrderLine } from '../types/order.type';
import { amount } from './amounts';
import { AS_OF, type AsOfRow, asOf } from './snapshot';

/** The parts of an order that are read only when they are asked for: they may be large. */
export interface OrderParts {
  lines: boolean;
  history: boolean;
}

export interface OrderRow extends AsOfRow {
  order_id: string;
  status: OrderStatus;
  revision: number;
  customer_id: string | null;
  country: string;
  region: string | null;
  currency: string;
  exchange_rate: string | null;
  gross: string;
  discounts: string;
  returns: string;
  shipping: string;
  tax: string;
  total: string;
  placed_at: Date;
  placed_position: string;
  updated_position: string;
  lines?: StoredLine[];
  history?: StoredEntry[];
}

interface StoredEntry {
  type: string;
  at: number;
  revision: number;
  position: string;
  details?: {
    reason?: string | null;
    carrier?: string;
    trackingNumber?: string;
    amount?: number;
    lines?: { lineNumber: number; productId: string; quantity: number; amount: number }[];
  };
}

const COLUMNS = `o.order_id, o.status, o.revision, o.customer_id, o.country, o.region, o.currency, o.exchange_rate, o.gross,
  o.discounts, o.returns, o.shipping, o.tax, o.total, o.placed_at, o.placed_position, o.updated_position`;

/** Columns of `read.orders o`. */
export const orderColumns = ({ lines, history }: OrderParts): string =>
  COLUMNS + (lines ? ', o.lines::json' : '') + (history ? ', o.history::json' : '');

/** All that an order's row is read from, with what it is as of. */
export const selectOrders = (parts: OrderParts): string =>
  `SELECT ${AS_OF}, ${orderColumns(parts)}
     FROM read.projections p JOIN read.orders o ON true WHERE p.projection = 'orders'`;

export function orderView(row: OrderRow): Order {
  const { currency } = row;
  return {
    id: row.order_id,
    status: row.status,
    revision: row.revision,
    customerId: row.customer_id,
    currency,
    country: row.country,
    region: row.region,
    exchangeRate: row.exchange_rate,
    lines: (row.lines ?? []).map((line) => lineView(line, currency)),
    gross: amount(row.gross, currency),
    discounts: amount(row.discounts, currency),
    returns: amount(row.returns, currency),
    shipping: amount(row.shipping, currency),
    tax: amount(row.tax, currency),
    total: { amount: amount(row.total, currency), currency },
    placedAt: row.placed_at.getTime(),
    position: row.placed_position,
    history: (row.history ?? []).map((entry) => entryView(entry, currency)),
    asOf: asOf(row),
  };
}

function lineView(line: StoredLine, currency: string): OrderLine {
  const { gross, discount, ...rest } = line;
  return {
    ...rest,
    gross: amount(BigInt(gross), currency),
    discount: amount(BigInt(discount), currency),
    net: amount(BigInt(gross - discount), currency),
  };
}

function entryView({ details = {}, ...entry }: StoredEntry, currency: string): OrderHistoryEntry {
  const { reason = null, carrier = null, trackingNumber = null, amount: minor, lines } = details;
  return {
    ...entry,
    reason,
    carrier,
    trackingNumber,
    amount: minor === undefined ? null : amount(BigInt(minor), currency),
    lines: lines?.map((line) => ({ ...line, amount: amount(BigInt(line.amount), currency) })) ?? null,
  };
}
