import type { Occurred } from '../decider';
import type { OrderLine, OrderStatus, SalesContext } from '../events';

/** A line of an order and what of it has come back. */
export interface OrderLineState extends OrderLine {
  returnedQuantity: number;
  /** minor units */
  returned: number;
}

export interface OrderState extends SalesContext {
  orderId: string;
  status: OrderStatus;
  /** Unix milliseconds */
  orderedAt: number;
  lines: readonly OrderLineState[];
  gross: number;
  discounts: number;
  /** amount of all returns */
  returns: number;
  total: number;
}

export function evolveOrder(state: OrderState | undefined, event: Occurred): OrderState | undefined {
  if (event.type === 'OrderPlaced') {
    const { shipping: _, tax: __, lines, ...placed } = event.data;
    return {
      ...placed,
      status: 'PLACED',
      orderedAt: event.occurredAt,
      lines: lines.map((line) => ({ ...line, returnedQuantity: 0, returned: 0 })),
      returns: 0,
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
      const lines = [...state.lines];
      for (const { lineNumber, quantity, amount } of event.data.lines) {
        const line = lines[lineNumber - 1];
        if (line === undefined) continue;
        lines[lineNumber - 1] = {
          ...line,
          returnedQuantity: line.returnedQuantity + quantity,
          returned: line.returned + amount,
        };
      }
      return { ...state, lines, returns: state.returns + event.data.amount };
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
