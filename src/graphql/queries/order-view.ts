import type { OrderLine as StoredLine } from '../../domain/events';
import { namesOf, type Row } from '../../postgres/table';
import { ordersTable } from '../../projections/read-models/orders/tables';
import type { Order, OrderHistoryEntry, OrderLine } from '../types/order.type';
import { amount } from './amounts';
import { type AsOfRow, asOf } from './snapshot';

/** The parts of an order that are read only when they are asked for: they may be large. */
export interface OrderParts {
  lines: boolean;
  history: boolean;
}

export interface OrderRow extends AsOfRow, Row<typeof ordersTable.columns> {
  /** bytes of the parts of all rows of the statement; absent where no part is asked for */
  stored_bytes?: string | null;
  /** null where those are more than may be read */
  lines?: StoredLine[] | null;
  history?: StoredEntry[] | null;
}

interface StoredEntry {
  type: string;
  at: number;
  revision: number;
  position: string;
  details: {
    reason?: string | null;
    carrier?: string;
    trackingNumber?: string;
    amount?: number;
    shipping?: number;
    tax?: number;
    lines?: { lineNumber: number; productId: string; quantity: number; amount: number }[];
  } | null;
}

/** Columns of `read.orders o`, for a subquery of which `orderColumns` are selected. */
export const STORED_COLUMNS = namesOf(ordersTable.columns, 'o');

/** About what an entry of the history takes as JSON, beside its details. */
const ENTRY_BYTES = 90;

/** The bytes of each part in an event's row; PostgreSQL knows the size of a text without reading it. */
const BYTES = {
  lines: 'coalesce(octet_length(e.lines), 0)',
  history: `${ENTRY_BYTES} + coalesce(octet_length(e.details), 0)`,
};

/** Reads each part of an order `o`. */
const READ = {
  lines: `
    SELECT e.lines::json FROM read.order_events e WHERE e.order_id = o.order_id AND e.lines IS NOT NULL`,
  history: `
    SELECT json_agg(json_build_object(
             'type', e.type, 'at', (extract(epoch FROM e.occurred_at) * 1000)::int8,
             'revision', e.revision, 'position', e.position, 'details', e.details::json) ORDER BY e.position)
      FROM read.order_events e WHERE e.order_id = o.order_id`,
};

/**
 * Columns of the rows `o` of an order query that `storedSize` joins to. The parts are left out of all rows
 * where together they have more bytes than that: what is refused is not read. Rows that a LIMIT leaves out
 * must be gone already.
 */
export function orderColumns(parts: OrderParts, mostBytes: number): string {
  const wanted = wantedOf(parts);
  if (wanted.length === 0) return STORED_COLUMNS;
  const bytes = 'sum(stored.bytes) OVER ()';
  const read = wanted.map((part) => `CASE WHEN ${bytes} <= ${mostBytes} THEN (${READ[part]}) END AS ${part}`);
  return [STORED_COLUMNS, `${bytes} AS stored_bytes`, ...read].join(', ');
}

/** Joins to each order `o` how many bytes its parts have. */
export function storedSize(parts: OrderParts): string {
  const wanted = wantedOf(parts);
  if (wanted.length === 0) return '';
  return `
    LEFT JOIN LATERAL (
      SELECT sum(${wanted.map((part) => BYTES[part]).join(' + ')}) AS bytes
        FROM read.order_events e WHERE e.order_id = o.order_id) stored ON true`;
}

const wantedOf = ({ lines, history }: OrderParts): (keyof OrderParts)[] => [
  ...(lines ? (['lines'] as const) : []),
  ...(history ? (['history'] as const) : []),
];

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
    lines: (row.lines ?? []).map((line) => new LineView(line, currency)),
    gross: amount(row.gross, currency),
    discounts: amount(row.discounts, currency),
    returns: amount(row.returns, currency),
    shipping: amount(row.shipping, currency),
    tax: amount(row.tax, currency),
    refundedShipping: amount(row.refunded_shipping, currency),
    refundedTax: amount(row.refunded_tax, currency),
    total: { amount: amount(row.total, currency), currency },
    placedAt: row.placed_at.getTime(),
    position: row.placed_position,
    history: (row.history ?? []).map((entry) => entryView(entry, currency)),
    asOf: asOf(row),
  };
}

/** Orders may have thousands of lines: an amount that is not asked for is not written out. */
class LineView implements OrderLine {
  constructor(
    private readonly line: StoredLine,
    private readonly orderCurrency: string,
  ) {}

  get lineNumber() {
    return this.line.lineNumber;
  }
  get productId() {
    return this.line.productId;
  }
  get productName() {
    return this.line.productName;
  }
  get category() {
    return this.line.category;
  }
  get unitPrice() {
    return this.line.unitPrice;
  }
  get quantity() {
    return this.line.quantity;
  }
  get gross() {
    return amount(BigInt(this.line.gross), this.orderCurrency);
  }
  get discount() {
    return amount(BigInt(this.line.discount), this.orderCurrency);
  }
  get net() {
    return amount(BigInt(this.line.gross - this.line.discount), this.orderCurrency);
  }
}

function entryView({ details: stored, ...entry }: StoredEntry, currency: string): OrderHistoryEntry {
  const details = stored ?? {};
  const { reason = null, carrier = null, trackingNumber = null, lines } = details;
  const money = (minor: number | undefined) => (minor === undefined ? null : amount(BigInt(minor), currency));
  return {
    ...entry,
    reason,
    carrier,
    trackingNumber,
    amount: money(details.amount),
    shipping: money(details.shipping),
    tax: money(details.tax),
    lines: lines?.map((line) => ({ ...line, amount: amount(BigInt(line.amount), currency) })) ?? null,
  };
}
