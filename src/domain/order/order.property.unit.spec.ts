import fc from 'fast-check';
import { eventsOf, NOW } from '../../../test/support/given-when-then';
import { placeOrderCommand } from '../../../test/support/orders';
import type { Occurred } from '../decider';
import { formatAmount, lineAmount } from '../money';
import { decideCancelOrder } from './decide-cancel-order';
import { decideDeliverOrder } from './decide-deliver-order';
import { decidePayOrder } from './decide-pay-order';
import { decidePlaceOrder, type OrderedLine } from './decide-place-order';
import { decideReturnItems } from './decide-return-items';
import { decideShipOrder } from './decide-ship-order';
import { amountLeft, cameBackWhole, evolveOrder, type OrderState } from './order-state';

const facts = { now: NOW, reportingCurrency: 'EUR' };
const PRODUCTS = ['A', 'B', 'C'];

const line = fc
  .record({
    productId: fc.constantFrom(...PRODUCTS),
    productName: fc.constant('Thing'),
    category: fc.constantFrom('Toys', 'Food'),
    unitPrice: fc
      .nat({ max: 10 ** 7 })
      .map((price) => `${Math.floor(price / 10 ** 4)}.${String(price % 10 ** 4).padStart(4, '0')}`),
    quantity: fc.integer({ min: 1, max: 30 }),
    share: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ share, ...rest }): OrderedLine => {
    const gross = lineAmount(rest.unitPrice, rest.quantity, 'EUR') ?? 0;
    return { ...rest, discount: Math.floor((gross * share) / 100) };
  });

const SHIPPING = 490;
const TAX = 77;

const step = fc.oneof(
  fc.constantFrom('pay' as const, 'ship' as const, 'deliver' as const, 'cancel' as const),
  fc
    .record({
      charge: fc.constantFrom('shipping' as const, 'tax' as const),
      minor: fc.nat({ max: SHIPPING }),
    })
    .map(({ charge, minor }) => ({ lines: [], [charge]: formatAmount(minor, 'EUR') })),
  fc.array(
    fc.record({ productId: fc.constantFrom(...PRODUCTS, 'X'), quantity: fc.integer({ min: 1, max: 12 }) }),
    {
      minLength: 1,
      maxLength: 3,
    },
  ),
);

/** Runs steps, refused ones leaving no trace, and returns all events with the state that they fold to. */
function live(lines: OrderedLine[], steps: (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) {
  const events: Occurred[] = [
    ...eventsOf(
      decidePlaceOrder(placeOrderCommand({ lines, shipping: SHIPPING, tax: TAX }), undefined, facts),
    ),
  ];
  const decide = {
    pay: decidePayOrder,
    ship: decideShipOrder,
    deliver: decideDeliverOrder,
    cancel: decideCancelOrder,
  };
  for (const next of steps) {
    const state = events.reduce(evolveOrder, undefined as OrderState | undefined);
    const result =
      typeof next === 'string'
        ? decide[next]({ orderId: 'O1' }, state, facts)
        : decideReturnItems(
            { orderId: 'O1', ...(Array.isArray(next) ? { lines: next } : next) },
            state,
            facts,
          );
    if (result.ok) events.push(...result.value);
  }
  return events;
}

const life = fc.tuple(fc.array(line, { minLength: 1, maxLength: 6 }), fc.array(step, { maxLength: 12 }));

describe('any life of an order', () => {
  it('returns never more than was bought, in units and money; the rest can be returned to the cent', () => {
    fc.assert(
      fc.property(life, ([lines, steps]) => {
        const events = live(
          lines,
          steps.filter((next) => next !== 'cancel'),
        );
        const rest = new Map<string, number>();
        for (const { productId, quantity } of lines)
          rest.set(productId, (rest.get(productId) ?? 0) + quantity);
        let returned = 0;
        for (const event of events) {
          if (event.type !== 'OrderItemsReturned') continue;
          returned += event.data.amount;
          expect(event.data.amount).toBe(event.data.lines.reduce((sum, { amount }) => sum + amount, 0));
          for (const { productId, quantity, amount } of event.data.lines) {
            expect(quantity).toBeGreaterThan(0);
            expect(amount).toBeGreaterThanOrEqual(0);
            rest.set(productId, (rest.get(productId) ?? 0) - quantity);
          }
        }
        expect([...rest.values()].every((units) => units >= 0)).toBe(true);

        const state = events.reduce(evolveOrder, undefined as OrderState | undefined);
        const left = [...rest]
          .filter(([, units]) => units > 0)
          .map(([productId, quantity]) => ({ productId, quantity }));
        if (left.length > 0) {
          const [last] = eventsOf(decideReturnItems({ orderId: 'O1', lines: left }, state, facts));
          if (last?.type === 'OrderItemsReturned') returned += last.data.amount;
        }
        const net = (state?.gross ?? 0) - (state?.discounts ?? 0);
        expect(returned).toBe(net);
      }),
    );
  });

  it('gives back no more shipping and tax than was charged, and is never owed less than nothing', () => {
    fc.assert(
      fc.property(life, ([lines, steps]) => {
        const back = { shipping: 0, tax: 0 };
        let state: OrderState | undefined;
        for (const event of live(lines, steps)) {
          state = evolveOrder(state, event);
          if (event.type === 'OrderItemsReturned') {
            back.shipping += event.data.shipping ?? 0;
            back.tax += event.data.tax ?? 0;
          }
          expect(state && amountLeft(state)).toBeGreaterThanOrEqual(0);
        }
        expect(back.shipping).toBeLessThanOrEqual(SHIPPING);
        expect(back.tax).toBeLessThanOrEqual(TAX);
        expect(state?.refunded).toEqual(back);
      }),
    );
  });

  it('is not shipped when it came back whole', () => {
    fc.assert(
      fc.property(life, ([lines, steps]) => {
        let state: OrderState | undefined;
        for (const event of live(lines, steps)) {
          if (event.type === 'OrderShipped') expect(state && cameBackWhole(state)).toBe(false);
          state = evolveOrder(state, event);
        }
      }),
    );
  });

  it('is reversed exactly by its cancellation, after which nothing happens', () => {
    fc.assert(
      fc.property(life, fc.array(step, { maxLength: 4 }), ([lines, steps], after) => {
        const events = live(lines, [...steps.filter((next) => next !== 'pay'), 'cancel', ...after]);
        const last = events.at(-1);
        if (last?.type !== 'OrderCancelled') throw new Error('Something came after the cancellation');
        expect(events.filter(({ type }) => type === 'OrderCancelled')).toHaveLength(1);
        const posted = new Map<number, { amount: number; quantity: number }>();
        for (const event of events) {
          if (event.type !== 'OrderItemsReturned') continue;
          for (const { lineNumber, amount, quantity, returnedBefore } of event.data.lines) {
            const before = posted.get(lineNumber) ?? { amount: 0, quantity: 0 };
            expect(returnedBefore).toBe(before.amount);
            posted.set(lineNumber, { amount: before.amount + amount, quantity: before.quantity + quantity });
          }
        }
        for (const cancelled of last.data.lines) {
          const { amount, quantity } = posted.get(cancelled.lineNumber) ?? { amount: 0, quantity: 0 };
          expect([cancelled.returned, cancelled.returnedQuantity]).toEqual([amount, quantity]);
        }
        const [placed] = events;
        if (placed?.type !== 'OrderPlaced') throw new Error('Not placed');
        const { gross, discounts, total } = placed.data;
        expect(last.data).toMatchObject({ gross, discounts, total });
        expect(last.data.returns).toBe([...posted.values()].reduce((sum, { amount }) => sum + amount, 0));
      }),
    );
  });

  it('only ever moves forward through its statuses', () => {
    const rank = { PLACED: 0, PAID: 1, SHIPPED: 2, DELIVERED: 3, CANCELLED: 4 };
    fc.assert(
      fc.property(life, ([lines, steps]) => {
        let state: OrderState | undefined;
        let reached = -1;
        for (const event of live(lines, steps)) {
          state = evolveOrder(state, event);
          const now = rank[state?.status ?? 'PLACED'];
          expect(now).toBeGreaterThanOrEqual(reached);
          if (now === 4) expect(reached).toBeLessThan(2);
          reached = now;
        }
      }),
    );
  });
});
