import type { Occurred } from '../decider';
import { eventsOf, type OrderEvent, streamEventTypes } from '../event-roles';
import type { EventType, OrderLine, OrderStatus, SalesContext } from '../events';
import { unreachable } from '../unreachable';

/** What of one line has come back. */
export interface LineReturns {
  quantity: number;
  /** minor units */
  amount: number;
}

export interface OrderState extends SalesContext {
  orderId: string;
  status: OrderStatus;
  /** Unix milliseconds */
  orderedAt: number;
  /** the event that no later one may be dated before; `at` is Unix milliseconds */
  last: { type: EventType; at: number };
  lines: readonly OrderLine[];
  /** by line number; a line that is not there has had no returns */
  lineReturns: ReadonlyMap<number, LineReturns>;
  gross: number;
  discounts: number;
  /** amount of all returns */
  returns: number;
  shipping: number;
  tax: number;
  /** what was given back of shipping and tax */
  refunded: Charges;
  total: number;
}

/** Minor units. */
export interface Charges {
  shipping: number;
  tax: number;
}

const NO_RETURNS: LineReturns = { quantity: 0, amount: 0 };

/** What of a line has come back so far. */
export function returnsOf(state: OrderState, { lineNumber }: OrderLine): LineReturns {
  return state.lineReturns.get(lineNumber) ?? NO_RETURNS;
}

/** What is to be paid for what the customer keeps, in minor units. */
export function amountLeft({ total, returns, refunded }: OrderState): number {
  return total - returns - refunded.shipping - refunded.tax;
}

/** Whether every unit of every line is back. */
export function cameBackWhole(state: OrderState): boolean {
  return state.lines.every((line) => returnsOf(state, line).quantity === line.quantity);
}

const isOrderEvent = eventsOf(streamEventTypes('order'));

/** Events of other streams leave the order as it is. */
export function evolveOrder(state: OrderState | undefined, event: Occurred): OrderState | undefined {
  if (!isOrderEvent(event)) return state;
  const next = changed(state, event);
  if (state === undefined || next === undefined || next === state) return next;
  // Older logs have events that are dated before an earlier one.
  const { type, occurredAt: at } = event;
  return at < state.last.at ? next : { ...next, last: { type, at } };
}

function changed(state: OrderState | undefined, event: Occurred<OrderEvent>): OrderState | undefined {
  if (event.type === 'OrderPlaced') {
    const { orderId, customerId, country, region, currency, exchangeRate } = event.data;
    const { lines, gross, discounts, shipping, tax, total } = event.data;
    return {
      orderId,
      status: 'PLACED',
      orderedAt: event.occurredAt,
      last: { type: event.type, at: event.occurredAt },
      customerId,
      country,
      region,
      currency,
      exchangeRate,
      lines,
      lineReturns: new Map(),
      gross,
      discounts,
      returns: 0,
      shipping,
      tax,
      refunded: { shipping: 0, tax: 0 },
      total,
    };
  }
  if (state === undefined) return undefined;
  switch (event.type) {
    case 'OrderPaid':
      return { ...state, status: 'PAID' };
    case 'OrderShipped':
      return { ...state, status: 'SHIPPED' };
    case 'OrderDelivered':
      return { ...state, status: 'DELIVERED' };
    case 'OrderCancelled':
      return { ...state, status: 'CANCELLED' };
    case 'OrderItemsReturned': {
      const lineReturns = new Map(state.lineReturns);
      for (const { lineNumber, quantity, amount } of event.data.lines) {
        const before = lineReturns.get(lineNumber) ?? NO_RETURNS;
        lineReturns.set(lineNumber, {
          quantity: before.quantity + quantity,
          amount: before.amount + amount,
        });
      }
      const { amount, shipping = 0, tax = 0 } = event.data;
      const refunded = { shipping: state.refunded.shipping + shipping, tax: state.refunded.tax + tax };
      return { ...state, lineReturns, returns: state.returns + amount, refunded };
    }
    default:
      return unreachable(event);
  }
}

/** The part of an order that every event which posts an amount repeats. */
export function salesContext({
  customerId,
  country,
  region,
  currency,
  exchangeRate,
}: SalesContext): SalesContext {
  return { customerId, country, region, currency, ...(exchangeRate === undefined ? {} : { exchangeRate }) };
}
