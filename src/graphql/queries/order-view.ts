import type { OrderLine as StoredLine } from '../../domain/events';
import { namesOf, omit, type Row } from '../../postgres/table';
import { ordersTable } from '../../projections/read-models/orders/tables';
import type { Order, OrderHistoryEntry, OrderLine } from '../types/order.type';
import { amount } from './amounts';
import { type AsOfRow, asOf } from './snapshot';

/** The parts of an order that are read only when they are asked for: they may be large. */
export interface OrderParts {
  lines: boolean;
  history: boolean;
}

export const NO_PARTS: OrderParts = { lines: false, history: false };

const { columns } = ordersTable;
/** What every order has; lines and history may be large. */
const headColumns = omit(columns, 'lines', 'history');

export interface OrderRow extends AsOfRow, Row<typeof headColumns> {
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
  details?: {
    reason?: string | null;
    carrier?: string;
    trackingNumber?: string;
    amount?: number;
    shipping?: number;
    tax?: number;
    lines?: { lineNumber: number; productId: string; quantity: number; amount: number }[];
  };
}

const COLUMNS = namesOf(headColumns, 'o');

/** Columns of `read.orders o` as they are stored, for a subquery of which `orderColumns` are selected. */
export const storedColumns = (parts: OrderParts): string => [COLUMNS, ...columnsOf(parts)].join(', ');

/**
 * Columns of the rows `o` of an order query. The parts are left out of all rows where together they have more
 * bytes than that: PostgreSQL knows their size without reading them, and what is refused never gets here.
 * Rows that a LIMIT leaves out must be gone already.
 */
export function orderColumns(parts: OrderParts, mostBytes: number): string {
  const stored = columnsOf(parts);
  if (stored.length === 0) return COLUMNS;
  const bytes = `sum(${stored.map((column) => `octet_length(${column})`).join(' + ')}) OVER ()`;
  const read = stored.map(
    (column) => `CASE WHEN ${bytes} <= ${mostBytes} THEN ${column}::json END AS ${column.slice(2)}`,
  );
  return [COLUMNS, `${bytes} AS stored_bytes`, ...read].join(', ');
}

const columnsOf = ({ lines, history }: OrderParts): string[] => [
  ...(lines ? ['o.lines'] : []),
  ...(history ? ['o.history'] : []),
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

function entryView({ details = {}, ...entry }: StoredEntry, currency: string): OrderHistoryEntry {
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
