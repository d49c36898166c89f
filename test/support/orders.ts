import type { Occurred } from '../../src/domain/decider';
import {
  decidePlaceOrder,
  type OrderedLine,
  type PlaceOrderCommand,
} from '../../src/domain/order/decide-place-order';
import { eventsOf, NOW } from './given-when-then';

/** When the orders of decider specs are placed, Unix milliseconds. */
export const PLACED_AT = NOW - 3_600_000;

export function orderedLine(fields: Partial<OrderedLine> = {}): OrderedLine {
  return {
    productId: 'P1',
    productName: 'Mug',
    category: 'Kitchen',
    unitPrice: '10.00',
    quantity: 3,
    discount: 0,
    ...fields,
  };
}

export function placeOrderCommand(fields: Partial<PlaceOrderCommand> = {}): PlaceOrderCommand {
  return {
    orderId: 'O1',
    customerId: 'C1',
    country: 'DE',
    region: 'Berlin',
    currency: 'EUR',
    placedAt: PLACED_AT,
    lines: [orderedLine()],
    shipping: 0,
    tax: 0,
    ...fields,
  };
}

/** The event of a placed order. */
export function orderPlaced(fields: Partial<PlaceOrderCommand> = {}): Occurred {
  const facts = { now: NOW, reportingCurrency: 'EUR' };
  const [event] = eventsOf(decidePlaceOrder(placeOrderCommand(fields), undefined, facts));
  if (event === undefined) throw new Error('No event');
  return event;
}

export const orderPaid: Occurred = {
  type: 'OrderPaid',
  data: { orderId: 'O1', customerId: 'C1' },
  occurredAt: PLACED_AT + 1,
};
export const orderShipped: Occurred = { ...orderPaid, type: 'OrderShipped' };
export const orderDelivered: Occurred = { ...orderPaid, type: 'OrderDelivered' };
