import { eventsOf, given, NOW } from '../../../test/support/given-when-then';
import {
  orderDelivered,
  orderPaid,
  orderPlaced,
  orderShipped,
  PLACED_AT,
} from '../../../test/support/orders';
import type { Occurred } from '../decider';
import type { Result } from '../failures';
import { decideCancelOrder } from './decide-cancel-order';
import { decideDeliverOrder } from './decide-deliver-order';
import { decidePayOrder } from './decide-pay-order';
import { decideReturnItems } from './decide-return-items';
import { decideShipOrder } from './decide-ship-order';
import { evolveOrder } from './order-state';

const placed = orderPlaced();
const cancelled: Occurred = eventOf(
  given(evolveOrder, placed).when(decideCancelOrder, { orderId: 'O1' }).result,
);

const histories = {
  PLACED: [placed],
  PAID: [placed, orderPaid],
  SHIPPED: [placed, orderPaid, orderShipped],
  DELIVERED: [placed, orderPaid, orderShipped, orderDelivered],
  CANCELLED: [placed, cancelled],
};
type Status = keyof typeof histories;
const statuses = Object.keys(histories) as Status[];

const steps = {
  pay: { decide: decidePayOrder, from: ['PLACED'], to: 'PAID' },
  ship: { decide: decideShipOrder, from: ['PAID'], to: 'SHIPPED' },
  deliver: { decide: decideDeliverOrder, from: ['SHIPPED'], to: 'DELIVERED' },
  cancel: { decide: decideCancelOrder, from: ['PLACED', 'PAID'], to: 'CANCELLED' },
};

function eventOf(result: Result<Occurred[]>): Occurred {
  const [event] = eventsOf(result);
  if (event === undefined) throw new Error('No event');
  return event;
}

describe.each(Object.entries(steps))('to %s an order', (_, { decide, from, to }) => {
  it.each(statuses)('that is %s', (status) => {
    const when = given(evolveOrder, ...histories[status]).when(decide, { orderId: 'O1' });
    if (!from.includes(status)) return when.thenRefused('ILLEGAL_TRANSITION', [], { status });
    return expect(given(evolveOrder, ...histories[status], eventOf(when.result)).state?.status).toBe(to);
  });

  it('that was never placed', () => {
    given(evolveOrder).when(decide, { orderId: 'O1' }).thenRefused('NOT_FOUND', ['orderId']);
  });

  it('happens now, or with the order where that is later', () => {
    const history = histories[from[0] as Status];
    const at = (occurredAt: number | undefined, now: number) =>
      given(evolveOrder, ...history).when(decide, { orderId: 'O1', occurredAt }, { now });
    expect(eventOf(at(undefined, NOW).result).occurredAt).toBe(NOW);
    expect(eventOf(at(undefined, PLACED_AT - 60_000).result).occurredAt).toBe(PLACED_AT);
    expect(eventOf(at(PLACED_AT, NOW).result).occurredAt).toBe(PLACED_AT);
    at(PLACED_AT - 1, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
    at(NOW + 600_000, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
    at(Number.NaN, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
  });
});

describe('paying', () => {
  const paying = (fields: object) =>
    given(evolveOrder, placed).when(decidePayOrder, { orderId: 'O1', ...fields });

  it('takes the order’s own amount and currency', () => {
    const event = { type: 'OrderPaid', occurredAt: NOW, data: { orderId: 'O1', customerId: 'C1' } } as const;
    paying({}).thenEvents(event);
    paying({ amount: '30', currency: 'EUR' }).thenEvents(event);
    paying({ amount: '30.00' }).thenEvents(event);
  });

  it('refuses another amount and another currency', () => {
    paying({ amount: '29.99' }).thenRefused('INVALID_INPUT', ['amount']);
    paying({ amount: '30.001' }).thenRefused('INVALID_INPUT', ['amount']);
    const mismatch = { expected: 'EUR', actual: 'USD' };
    paying({ amount: '30', currency: 'USD' }).thenRefused('CURRENCY_MISMATCH', ['currency'], mismatch);
  });
});

describe('shipping', () => {
  it('keeps carrier and tracking number where they are given', () => {
    const shipping = (fields: object) =>
      eventOf(
        given(evolveOrder, placed, orderPaid).when(decideShipOrder, { orderId: 'O1', ...fields }).result,
      );
    expect(shipping({}).data).toEqual({ orderId: 'O1', customerId: 'C1' });
    expect(shipping({ carrier: 'DHL', trackingNumber: '7' }).data).toEqual({
      orderId: 'O1',
      customerId: 'C1',
      carrier: 'DHL',
      trackingNumber: '7',
    });
  });
});

describe('cancelling', () => {
  it('reverses what the order and its returns have posted', () => {
    const order = orderPlaced({ shipping: 490, currency: 'USD', exchangeRate: '0.9' });
    const command = { orderId: 'O1', lines: [{ productId: 'P1', quantity: 2 }] };
    const returned = eventOf(given(evolveOrder, order).when(decideReturnItems, command).result);
    given(evolveOrder, order, returned)
      .when(decideCancelOrder, { orderId: 'O1', reason: 'Changed my mind' })
      .thenEvents({
        type: 'OrderCancelled',
        occurredAt: NOW,
        data: {
          orderId: 'O1',
          customerId: 'C1',
          country: 'DE',
          region: 'Berlin',
          currency: 'USD',
          exchangeRate: '0.9',
          orderedAt: PLACED_AT,
          reason: 'Changed my mind',
          lines: [
            {
              lineNumber: 1,
              productId: 'P1',
              productName: 'Mug',
              category: 'Kitchen',
              quantity: 3,
              gross: 3000,
              discount: 0,
              returned: 2000,
              returnedQuantity: 2,
            },
          ],
          gross: 3000,
          discounts: 0,
          returns: 2000,
          total: 3490,
        },
      });
  });
});
