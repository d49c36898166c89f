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

  it('happens now, or with the last event of the order where that is later', () => {
    const history = histories[from[0] as Status];
    const lastAt = history.at(-1)?.occurredAt ?? 0;
    const at = (occurredAt: number | undefined, now: number) =>
      given(evolveOrder, ...history).when(decide, { orderId: 'O1', occurredAt }, { now });
    expect(eventOf(at(undefined, NOW).result).occurredAt).toBe(NOW);
    expect(eventOf(at(undefined, PLACED_AT - 60_000).result).occurredAt).toBe(lastAt);
    expect(eventOf(at(lastAt, NOW).result).occurredAt).toBe(lastAt);
    at(lastAt - 1, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
    at(NOW + 600_000, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
    at(Number.NaN, NOW).thenRefused('INVALID_INPUT', ['occurredAt']);
  });
});

describe('the dates of an order', () => {
  const at = (day: number) => Date.UTC(2024, 0, day);
  const history: Occurred[] = [
    orderPlaced({ placedAt: at(3) }),
    { ...orderPaid, occurredAt: at(5) },
    { ...orderShipped, occurredAt: at(5) },
  ];

  it.each([
    ['a payment before the order', 1, decidePayOrder, 2, 'OrderPlaced at 2024-01-03T00:00:00.000Z'],
    ['a shipment before the payment', 2, decideShipOrder, 4, 'OrderPaid at 2024-01-05T00:00:00.000Z'],
    ['a delivery before the shipment', 3, decideDeliverOrder, 4, 'OrderShipped at 2024-01-05T00:00:00.000Z'],
    ['a cancellation before the order', 1, decideCancelOrder, 1, 'OrderPlaced at 2024-01-03T00:00:00.000Z'],
  ] as const)('do not run backwards: %s is refused with both dates', (_, past, decide, day, last) => {
    given(evolveOrder, ...history.slice(0, past))
      .when(decide, { orderId: 'O1', occurredAt: at(day) })
      .thenRefused('INVALID_INPUT', ['occurredAt'], {
        message:
          `occurredAt (2024-01-0${day}T00:00:00.000Z) lies before ` + `the last event of the order, ${last}`,
      });
  });

  it('do not run backwards: a return before the order is refused with both dates', () => {
    const lines = [{ productId: 'P1', quantity: 1 }];
    given(evolveOrder, ...history.slice(0, 1))
      .when(decideReturnItems, { orderId: 'O1', occurredAt: at(2), lines })
      .thenRefused('INVALID_INPUT', ['occurredAt'], {
        message:
          'occurredAt (2024-01-02T00:00:00.000Z) lies before the last event of the order, ' +
          'OrderPlaced at 2024-01-03T00:00:00.000Z',
      });
  });

  it('may be equal', () => {
    const command = { orderId: 'O1', occurredAt: at(5) };
    expect(given(evolveOrder, ...history).when(decideDeliverOrder, command).result.ok).toBe(true);
  });

  it('are held against the latest one of a log in which they ran backwards', () => {
    const backwards = [...history.slice(0, 1), { ...orderPaid, occurredAt: at(1) }];
    const shipping = (day: number) =>
      given(evolveOrder, ...backwards).when(decideShipOrder, { orderId: 'O1', occurredAt: at(day) });
    expect(shipping(3).result.ok).toBe(true);
    shipping(2).thenRefused('INVALID_INPUT', ['occurredAt']);
  });
});

describe('an order of which something came back before it was paid', () => {
  const order = orderPlaced({ shipping: 490, tax: 77 });
  const back = (quantity: number, more: object = {}) => {
    const command = { orderId: 'O1', lines: [{ productId: 'P1', quantity }], ...more };
    return eventOf(given(evolveOrder, order).when(decideReturnItems, command).result);
  };
  const paying = (amount: string, ...returned: Occurred[]) =>
    given(evolveOrder, order, ...returned).when(decidePayOrder, { orderId: 'O1', amount });

  it('is paid with the rest', () => {
    expect(paying('15.67', back(2)).result.ok).toBe(true);
    expect(paying('10.00', back(2, { shipping: '4.90', tax: '0.77' })).result.ok).toBe(true);
    paying('35.67', back(2)).thenRefused('INVALID_INPUT', ['amount'], {
      message: "amount must be 15.67 EUR, the order's total of 35.67 EUR less what came back",
    });
    paying('35.66').thenRefused('INVALID_INPUT', ['amount'], {
      message: "amount must be the order's total of 35.67 EUR",
    });
  });

  it('is not shipped when it came back whole', () => {
    const shipping = (...history: Occurred[]) =>
      given(evolveOrder, order, ...history).when(decideShipOrder, { orderId: 'O1' });
    expect(shipping(back(2), { ...orderPaid, occurredAt: NOW }).result.ok).toBe(true);
    shipping(back(3), { ...orderPaid, occurredAt: NOW }).thenRefused('ILLEGAL_TRANSITION', [], {
      status: 'PAID',
      message: 'Order O1 came back whole and cannot be shipped',
    });
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
