import { eventsOf, given, NOW } from '../../../test/support/given-when-then';
import {
  orderDelivered,
  orderedLine,
  orderPaid,
  orderPlaced,
  orderShipped,
  PLACED_AT,
} from '../../../test/support/orders';
import type { Occurred } from '../decider';
import { decideCancelOrder } from './decide-cancel-order';
import { decideReturnItems } from './decide-return-items';
import { evolveOrder } from './order-state';

const placed = orderPlaced({
  lines: [
    orderedLine({ productId: 'A', unitPrice: '10.00', quantity: 3, discount: 1 }),
    orderedLine({ productId: 'B', unitPrice: '1.00', quantity: 1 }),
    orderedLine({ productId: 'A', unitPrice: '8.00', quantity: 2 }),
  ],
});

type Wanted = { productId: string; quantity: number };
const returning = (history: Occurred[], ...lines: Wanted[]) =>
  given(evolveOrder, ...history).when(decideReturnItems, { orderId: 'O1', lines });

/** [line number, units, amount, returned before] of the lines of a return. */
function linesOf(event: Occurred | undefined) {
  if (event?.type !== 'OrderItemsReturned') throw new Error('Not a return');
  return event.data.lines.map((line) => [line.lineNumber, line.quantity, line.amount, line.returnedBefore]);
}

describe('returning items', () => {
  it('repeats what posts it', () => {
    given(evolveOrder, placed)
      .when(decideReturnItems, { orderId: 'O1', reason: 'Broken', lines: [{ productId: 'B', quantity: 1 }] })
      .thenEvents({
        type: 'OrderItemsReturned',
        occurredAt: NOW,
        data: {
          orderId: 'O1',
          customerId: 'C1',
          country: 'DE',
          region: 'Berlin',
          currency: 'EUR',
          orderedAt: PLACED_AT,
          reason: 'Broken',
          lines: [
            {
              lineNumber: 2,
              productId: 'B',
              productName: 'Mug',
              category: 'Kitchen',
              quantity: 1,
              amount: 100,
              returnedBefore: 0,
            },
          ],
          amount: 100,
        },
      });
  });

  it('spreads a product over its lines in their order', () => {
    const [event] = eventsOf(returning([placed], { productId: 'A', quantity: 4 }).result);
    expect(linesOf(event)).toEqual([
      [1, 3, 2999, 0],
      [3, 1, 800, 0],
    ]);
    expect(event?.data).toMatchObject({ amount: 3799 });
  });

  it('rounds shares as they accumulate, so that they add up to what was paid', () => {
    const history = [placed];
    const amounts: unknown[] = [];
    for (let unit = 0; unit < 3; unit++) {
      const events = eventsOf(returning(history, { productId: 'A', quantity: 1 }).result);
      amounts.push(...linesOf(events[0]));
      history.push(...events);
    }
    // 29.99 / 3 is 9.99666...
    expect(amounts).toEqual([
      [1, 1, 1000, 0],
      [1, 1, 999, 1000],
      [1, 1, 1000, 1999],
    ]);
  });

  it('adds up the same product named twice', () => {
    const twice = (quantity: number) =>
      returning([placed], { productId: 'A', quantity: 3 }, { productId: 'A', quantity });
    expect(linesOf(eventsOf(twice(2).result)[0])).toEqual([
      [1, 3, 2999, 0],
      [3, 2, 1600, 0],
    ]);
    const counts = { productId: 'A', purchased: 5, alreadyReturned: 0, requested: 6 };
    twice(3).thenRefused('RETURN_EXCEEDS_PURCHASE', ['lines', '1', 'quantity'], counts);
  });

  it('refuses more than is left', () => {
    const before = eventsOf(returning([placed], { productId: 'A', quantity: 4 }).result);
    const counts = { productId: 'A', purchased: 5, alreadyReturned: 4, requested: 2 };
    returning([placed, ...before], { productId: 'A', quantity: 2 }).thenRefused(
      'RETURN_EXCEEDS_PURCHASE',
      ['lines', '0', 'quantity'],
      counts,
    );
    expect(returning([placed, ...before], { productId: 'A', quantity: 1 }).result.ok).toBe(true);
  });

  it('refuses what the order does not have, and quantities that are none', () => {
    returning([placed], { productId: 'X', quantity: 1 }).thenRefused('NOT_FOUND', [
      'lines',
      '0',
      'productId',
    ]);
    returning([placed]).thenRefused('INVALID_INPUT', ['lines']);
    for (const quantity of [0, -1, 0.5, Number.NaN]) {
      returning([placed], { productId: 'A', quantity }).thenRefused('INVALID_INPUT', [
        'lines',
        '0',
        'quantity',
      ]);
    }
    returning([], { productId: 'A', quantity: 1 }).thenRefused('NOT_FOUND', ['orderId']);
  });

  describe('with shipping and tax', () => {
    const charged = orderPlaced({ shipping: 490, tax: 77 });
    const refunding = (history: Occurred[], charges: { shipping?: string; tax?: string }, quantity = 0) =>
      given(evolveOrder, ...history).when(decideReturnItems, {
        orderId: 'O1',
        lines: quantity === 0 ? [] : [{ productId: 'P1', quantity }],
        ...charges,
      });

    it('gives back what is asked for, beside the units or alone', () => {
      const [both] = eventsOf(refunding([charged], { shipping: '4.90', tax: '0.5' }, 1).result);
      expect(both?.data).toMatchObject({ lines: [{ amount: 1000 }], amount: 1000, shipping: 490, tax: 50 });
      const [alone] = eventsOf(refunding([charged], { tax: '0.77' }).result);
      expect(alone?.data).toMatchObject({ lines: [], amount: 0, tax: 77 });
      expect(alone?.data).not.toHaveProperty('shipping');
    });

    it('gives back no more than is left of what was charged', () => {
      const [first] = eventsOf(refunding([charged], { shipping: '4.00' }).result);
      const history = [charged, first as Occurred];
      expect(refunding(history, { shipping: '0.90' }).result.ok).toBe(true);
      refunding(history, { shipping: '0.91' }).thenRefused('REFUND_EXCEEDS_CHARGE', ['shipping'], {
        charged: '4.90',
        alreadyRefunded: '4.00',
        requestedAmount: '0.91',
        currency: 'EUR',
      });
      refunding([charged], { tax: '0.78' }).thenRefused('REFUND_EXCEEDS_CHARGE', ['tax'], {
        charged: '0.77',
      });
      refunding([placed], { tax: '0.01' }).thenRefused('REFUND_EXCEEDS_CHARGE', ['tax'], { charged: '0.00' });
    });

    it('gives back amounts, and something', () => {
      refunding([charged], { shipping: '-1' }).thenRefused('INVALID_INPUT', ['shipping']);
      refunding([charged], { tax: '0.001' }).thenRefused('INVALID_INPUT', ['tax']);
      refunding([charged], { tax: '0' }).thenRefused('INVALID_INPUT', ['lines']);
    });
  });

  it('asks for no shipment, and refuses only what is cancelled', () => {
    const one = { productId: 'B', quantity: 1 };
    for (const history of [
      [],
      [orderPaid],
      [orderPaid, orderShipped],
      [orderPaid, orderShipped, orderDelivered],
    ]) {
      expect(returning([placed, ...history], one).result.ok).toBe(true);
    }
    const cancelled = eventsOf(given(evolveOrder, placed).when(decideCancelOrder, { orderId: 'O1' }).result);
    returning([placed, ...cancelled], one).thenRefused('ILLEGAL_TRANSITION', [], { status: 'CANCELLED' });
  });
});
