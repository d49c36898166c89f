import { createHash } from 'node:crypto';
import type { OrderLine, OrderPlaced } from '../../src/domain/events';
import type { NewEvent } from '../../src/event-store/event';

/** An append of the synthetic log. */
export interface LogAppend {
  stream: string;
  expected: number | 'noStream';
  event: NewEvent;
}

/** When an order is placed, paid, shipped and delivered, counted in orders that come in between. */
const STEP_AFTER = [0, 5, 360, 1_080];
const CUSTOMERS = 50_000;
const PRODUCTS = 2_000;
const CATEGORIES = ['Books', 'Garden', 'Kitchen', 'Toys', 'Music', 'Outdoor', 'Stationery', 'Electronics'];
const MONEY = [
  ...Array.from({ length: 9 }, () => ({ currency: 'EUR' })),
  { currency: 'GBP', exchangeRate: '1.1723' },
];
const PLACES = [
  { country: 'DE', region: 'Bayern' },
  { country: 'DE', region: 'Berlin' },
  { country: 'FR', region: null },
  { country: 'GB', region: 'Wales' },
  { country: 'NL', region: null },
];
const FIRST_AT = Date.UTC(2024, 0, 1);
const MS_BETWEEN_ORDERS = 4 * 60_000;

/**
 * The log of a shop with 360 orders a day, of 1 to 5 lines, by 50,000 customers, some of whom buy far more
 * often than others, and one in ten by a guest. Each has four events: placed, paid within minutes, shipped
 * the next day, delivered two days after that; of one in 15 something comes back instead, and one in 20 is
 * cancelled after a return. The same for the same number.
 * @yields the store's settings, then 4 x orders appends in log order
 */
export function* orderLog(orders: number): Generator<LogAppend> {
  yield settings();
  const open = new Map<number, OrderPlaced>();
  const last = STEP_AFTER.length - 1;
  for (let tick = 0; tick < orders + (STEP_AFTER[last] ?? 0); tick++) {
    for (const [step, after] of STEP_AFTER.entries()) {
      const number = tick - after;
      if (number < 0 || number >= orders) continue;
      const placed = open.get(number) ?? placedOrder(number);
      if (step === 0) open.set(number, placed);
      if (step === last) open.delete(number);
      const { type, data } = stepOf(step, number, placed);
      const stream = `order-${placed.orderId}`;
      yield append(stream, step, type, data, FIRST_AT + tick * MS_BETWEEN_ORDERS);
    }
  }
}

function settings(): LogAppend {
  return append(
    'store',
    0,
    'StoreConfigured',
    { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' },
    FIRST_AT,
  );
}

/**
 * An append of one event whose ids follow from the stream and the revision.
 * @param occurredAt Unix milliseconds
 */
export function append(
  stream: string,
  revision: number,
  type: string,
  data: unknown,
  occurredAt: number,
): LogAppend {
  const id = uuid(`${stream} ${revision}`);
  const metadata = {
    schemaVersion: 1,
    correlationId: id,
    causationId: id,
    idempotencyKey: `${stream}-${revision}`,
  };
  return {
    stream,
    expected: revision === 0 ? 'noStream' : revision - 1,
    event: { id, type, data, metadata, occurredAt },
  };
}

function placedOrder(number: number): OrderPlaced {
  const random = randomOf(number);
  const lines = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, index) => line(index + 1, random));
  const gross = sum(lines.map((each) => each.gross));
  const discounts = sum(lines.map((each) => each.discount));
  const [shipping, tax] = [random() < 0.5 ? 0 : 490, Math.round(gross * 0.07)];
  return {
    orderId: `o${String(number).padStart(7, '0')}`,
    customerId: random() < 0.1 ? null : `c${String(Math.floor(random() ** 3 * CUSTOMERS)).padStart(5, '0')}`,
    ...pick(PLACES, random),
    ...pick(MONEY, random),
    lines,
    gross,
    discounts,
    shipping,
    tax,
    total: gross - discounts + shipping + tax,
  };
}

function line(lineNumber: number, random: () => number): OrderLine {
  const product = Math.floor(random() ** 2 * PRODUCTS);
  const cents = 99 + ((product * 7_919) % 9_000);
  const quantity = 1 + Math.floor(random() ** 3 * 12);
  const gross = cents * quantity;
  return {
    lineNumber,
    productId: `p${product}`,
    productName: `Product number ${product}`,
    category: CATEGORIES[product % CATEGORIES.length] as string,
    unitPrice: (cents / 100).toFixed(2),
    quantity,
    gross,
    discount: random() < 0.2 ? Math.floor(gross * 0.1) : 0,
  };
}

function stepOf(step: number, number: number, placed: OrderPlaced): { type: string; data: unknown } {
  const { orderId, customerId } = placed;
  if (step === 0) return { type: 'OrderPlaced', data: placed };
  if (step === 1) return { type: 'OrderPaid', data: { orderId, customerId } };
  if (number % 20 === 7) {
    return step === 3 ? cancelled(placed, number) : returned(placed, number);
  }
  if (step === 2) return { type: 'OrderShipped', data: { orderId, customerId, carrier: 'DHL' } };
  if (number % 15 === 4) return returned(placed, number);
  return { type: 'OrderDelivered', data: { orderId, customerId } };
}

function cancelled(placed: OrderPlaced, number: number): { type: string; data: unknown } {
  const { shipping: _, tax: __, lines, ...order } = placed;
  const [first] = lines as [OrderLine];
  return {
    type: 'OrderCancelled',
    data: {
      ...order,
      orderedAt: FIRST_AT + number * MS_BETWEEN_ORDERS,
      reason: 'changed my mind',
      lines: lines.map(({ unitPrice: ___, ...each }, index) => ({
        ...each,
        returned: index === 0 ? each.gross - each.discount : 0,
        returnedQuantity: index === 0 ? each.quantity : 0,
      })),
      returns: first.gross - first.discount,
    },
  };
}

function returned(placed: OrderPlaced, number: number): { type: string; data: unknown } {
  const { lines, gross: _, discounts: __, shipping: ___, tax: ____, total: _____, ...order } = placed;
  const [{ lineNumber, productId, productName, category, quantity, gross, discount }] = lines as [OrderLine];
  const amount = gross - discount;
  return {
    type: 'OrderItemsReturned',
    data: {
      ...order,
      orderedAt: FIRST_AT + number * MS_BETWEEN_ORDERS,
      reason: null,
      lines: [{ lineNumber, productId, productName, category, quantity, amount, returnedBefore: 0 }],
      amount,
    },
  };
}

/** mulberry32, seeded by the order's number. */
function randomOf(number: number): () => number {
  let state = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

function uuid(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
