import { randomUUID } from 'node:crypto';
import type {
  CreditNoteLine,
  EventType,
  EventTypes,
  OrderItemsReturned,
  OrderLine,
  OrderPlaced,
  OrderReturnedLine,
  RefundedCharges,
  SalesContext,
} from '../../src/domain/events';
import { refundedCharges } from '../../src/domain/refunded-charges';
import type { RecordedEvent } from '../../src/event-store/event';

/** A line to place. Amounts are minor units; gross is price x quantity. */
export interface LineToPlace {
  productId?: string;
  productName?: string;
  category?: string;
  price?: number;
  quantity?: number;
  discount?: number;
}

interface Sale extends Partial<SalesContext> {
  /** Unix milliseconds; default: one minute after the event before */
  at?: number;
}

export interface OrderToPlace extends Sale {
  orderId?: string;
  lines?: LineToPlace[];
  shipping?: number;
  tax?: number;
}

export interface NoteToIssue extends Sale, RefundedCharges {
  creditNoteId?: string;
  reason?: string | null;
  lines?: LineToPlace[];
}

export interface When {
  at?: number;
  reason?: string | null;
}

export interface HowReturned extends When, RefundedCharges {}

interface OrderState {
  placed: OrderPlaced;
  orderedAt: number;
  /** by line number: what came back so far */
  returned: Map<number, { quantity: number; amount: number }>;
}

const FIRST_AT = Date.UTC(2024, 0, 1, 10);
const MINUTE = 60_000;

/**
 * Writes a log as a store would return it: positions and revisions count up, amounts agree with each other.
 * It holds no rules, so a spec can also write what a decider would refuse.
 */
export class EventLog {
  readonly events: RecordedEvent[] = [];
  private readonly revisions = new Map<string, number>();
  private readonly orders = new Map<string, OrderState>();
  private lastAt = FIRST_AT - MINUTE;
  private orderCount = 0;
  private noteCount = 0;

  /** Appends any event; the shorter methods below all end here. */
  append<T extends EventType>(
    type: T,
    stream: string,
    data: EventTypes[T],
    at = this.lastAt + MINUTE,
  ): RecordedEvent<T> {
    const revision = (this.revisions.get(stream) ?? -1) + 1;
    this.revisions.set(stream, revision);
    this.lastAt = at;
    const position = String(this.events.length + 1).padStart(20, '0');
    const id = randomUUID();
    const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
    const event = { id, type, stream, revision, position, occurredAt: at, recordedAt: at, data, metadata };
    this.events.push(event as RecordedEvent);
    return event as RecordedEvent<T>;
  }

  configure(reportingCurrency = 'GBP', timeZone = 'UTC', at?: number): RecordedEvent<'StoreConfigured'> {
    return this.append('StoreConfigured', 'store', { reportingCurrency, timeZone }, at);
  }

  /** Default: one line of one unit at 10.00 in category "Books", in GBP, from GB, of a guest. */
  place(order: OrderToPlace = {}): RecordedEvent<'OrderPlaced'> {
    this.orderCount++;
    const orderId = order.orderId ?? `o${this.orderCount}`;
    const lines = (order.lines ?? [{}]).map(placedLine);
    const gross = sum(lines.map((line) => line.gross));
    const discounts = sum(lines.map((line) => line.discount));
    const { shipping = 0, tax = 0 } = order;
    const total = gross - discounts + shipping + tax;
    const data = { ...salesContext(order), orderId, lines, gross, discounts, shipping, tax, total };
    const event = this.append('OrderPlaced', `order-${orderId}`, data, order.at);
    this.orders.set(orderId, { placed: data, orderedAt: event.occurredAt, returned: new Map() });
    return event;
  }

  pay(orderId: string, at?: number): RecordedEvent<'OrderPaid'> {
    const { customerId } = this.order(orderId).placed;
    return this.append('OrderPaid', `order-${orderId}`, { orderId, customerId }, at);
  }

  ship(
    orderId: string,
    parcel: { carrier?: string; trackingNumber?: string } = {},
    at?: number,
  ): RecordedEvent<'OrderShipped'> {
    const { customerId } = this.order(orderId).placed;
    return this.append('OrderShipped', `order-${orderId}`, { orderId, customerId, ...parcel }, at);
  }

  deliver(orderId: string, at?: number): RecordedEvent<'OrderDelivered'> {
    const { customerId } = this.order(orderId).placed;
    return this.append('OrderDelivered', `order-${orderId}`, { orderId, customerId }, at);
  }

  /** Reverses everything that the order has posted, its returns too. */
  cancel(orderId: string, { at, reason = null }: When = {}): RecordedEvent<'OrderCancelled'> {
    const { placed, orderedAt, returned } = this.order(orderId);
    const lines = placed.lines.map((line) => ({
      lineNumber: line.lineNumber,
      productId: line.productId,
      productName: line.productName,
      category: line.category,
      quantity: line.quantity,
      gross: line.gross,
      discount: line.discount,
      returned: returned.get(line.lineNumber)?.amount ?? 0,
      returnedQuantity: returned.get(line.lineNumber)?.quantity ?? 0,
    }));
    const { gross, discounts, total } = placed;
    const returns = sum(lines.map((line) => line.returned));
    const data = {
      ...salesContext(placed),
      orderId,
      orderedAt,
      reason,
      lines,
      gross,
      discounts,
      returns,
      total,
    };
    return this.append('OrderCancelled', `order-${orderId}`, data, at);
  }

  /** Default: everything that has not come back yet. A line's amounts add up to what was paid for it. */
  return(
    orderId: string,
    what?: { lineNumber: number; quantity: number }[],
    { at, reason = null, ...charges }: HowReturned = {},
  ): RecordedEvent<'OrderItemsReturned'> {
    const { placed, orderedAt, returned } = this.order(orderId);
    const wanted =
      what ??
      placed.lines.map(({ lineNumber, quantity }) => ({
        lineNumber,
        quantity: quantity - (returned.get(lineNumber)?.quantity ?? 0),
      }));
    const lines: OrderReturnedLine[] = [];
    for (const { lineNumber, quantity } of wanted) {
      const line = placed.lines[lineNumber - 1];
      if (!line) throw new Error(`Order ${orderId} has no line ${lineNumber}`);
      if (quantity === 0) continue;
      const before = returned.get(lineNumber) ?? { quantity: 0, amount: 0 };
      const after = before.quantity + quantity;
      const amount = Math.round(((line.gross - line.discount) * after) / line.quantity);
      const { productId, productName, category } = line;
      const paid = { amount: amount - before.amount, returnedBefore: before.amount };
      lines.push({ lineNumber, productId, productName, category, quantity, ...paid });
      returned.set(lineNumber, { quantity: after, amount });
    }
    const amount = sum(lines.map((line) => line.amount));
    const sale = salesContext(placed);
    const data: OrderItemsReturned = { ...sale, orderId, orderedAt, reason, lines, amount, ...charges };
    return this.append('OrderItemsReturned', `order-${orderId}`, data, at);
  }

  /** Default: the same line as `place`. */
  creditNote(note: NoteToIssue = {}): RecordedEvent<'CreditNoteIssued'> {
    this.noteCount++;
    const creditNoteId = note.creditNoteId ?? `C${this.noteCount}`;
    const lines: CreditNoteLine[] = (note.lines ?? [{}]).map((line, index) => {
      const { lineNumber, productId, productName, category, unitPrice, quantity, gross } = placedLine(
        line,
        index,
      );
      return { lineNumber, productId, productName, category, unitPrice, quantity, amount: gross };
    });
    const amount = sum(lines.map((line) => line.amount));
    const charges = refundedCharges(note.shipping ?? 0, note.tax ?? 0);
    const reason = note.reason ?? null;
    const data = { ...salesContext(note), creditNoteId, reason, lines, amount, ...charges };
    return this.append('CreditNoteIssued', `creditnote-${creditNoteId}`, data, note.at);
  }

  private order(orderId: string): OrderState {
    const order = this.orders.get(orderId);
    if (!order) throw new Error(`The log has no order ${orderId}`);
    return order;
  }
}

/** A log that begins with StoreConfigured (default GBP, UTC); `false` leaves it out. */
export function eventLog(settings: { reportingCurrency?: string; timeZone?: string } | false = {}): EventLog {
  const log = new EventLog();
  if (settings) log.configure(settings.reportingCurrency, settings.timeZone, FIRST_AT - MINUTE);
  return log;
}

function placedLine(line: LineToPlace, index: number): OrderLine {
  const { productId = `p${index + 1}`, category = 'Books', price = 1000, quantity = 1, discount = 0 } = line;
  return {
    lineNumber: index + 1,
    productId,
    productName: line.productName ?? `Product ${productId}`,
    category,
    unitPrice: (price / 100).toFixed(2),
    quantity,
    gross: price * quantity,
    discount,
  };
}

function salesContext(sale: Partial<SalesContext>): SalesContext {
  const { customerId = null, country = 'GB', region = null, currency = 'GBP', exchangeRate } = sale;
  return { customerId, country, region, currency, ...(exchangeRate === undefined ? {} : { exchangeRate }) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
