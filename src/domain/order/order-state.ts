import type { Occurred } from '../decider';
import type { OrderLine, OrderStatus, SalesContext } from '../events';

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
  lines: readonly OrderLine[];
  /** by line number; a line that is not there has had no returns */
  lineReturns: ReadonlyMap<number, LineReturns>;
  gross: number;
  discounts: number;
  /** amount of all returns */
  returns: number;
  total: number;
}

const NO_RETURNS: LineReturns = { quantity: 0, amount: 0 };

/** What of a line has come back so far. */
export function returnsOf(state: OrderState, { lineNumber }: OrderLine): LineReturns {
  return state.lineReturns.get(lineNumber) ?? NO_RETURNS;
}

export function evolveOrder(state: OrderState | undefined, event: Occurred): OrderState | undefined {
  if (event.type === 'OrderPlaced') {
    const { orderId, customerId, country, region, currency, exchangeRate, lines, gross, discounts, total } =
      event.data;
    return {
      orderId,
      status: 'PLACED',
      orderedAt: event.occurredAt,
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
      return { ...state, lineReturns, returns: state.returns + event.data.amount };
    }
    default:
      return state;
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
