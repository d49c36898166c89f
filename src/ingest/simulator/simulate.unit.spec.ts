import { setTimeout as delay } from 'node:timers/promises';
import type { GraphqlClient, Outcome } from './graphql-client';
import type { Mutation } from './operations';
import { createShop, type ShopOrder } from './shop';
import { type SimulateOptions, simulate } from './simulate';

const quick = (order: ShopOrder): ShopOrder => ({
  ...order,
  steps: order.steps.map((step) => ({ ...step, afterMs: 1 })),
});

function fixture(
  answer: (mutation: Mutation) => Promise<Outcome> = async () => ({ ok: true, duplicate: false }),
) {
  const sent: Mutation[] = [];
  let underWay = 0;
  let most = 0;
  const client: GraphqlClient = {
    async send(mutation) {
      sent.push(mutation);
      most = Math.max(most, ++underWay);
      const outcome = await answer(mutation);
      underWay--;
      return outcome;
    },
    reportingCurrency: async () => 'EUR',
    close: () => {},
  };
  const shop = createShop({ seed: 3, idPrefix: 't' });
  const quickShop = { nextOrder: (month: number) => quick(shop.nextOrder(month)) };
  const run = (options: Partial<SimulateOptions>) =>
    simulate({ client, shop: quickShop, month: 5, rate: 5_000, concurrency: 100, ...options });
  return { sent, run, most: () => most };
}

const operationsOf = (sent: Mutation[], orderId: string) =>
  sent.filter(({ input }) => input.orderId === orderId).map(({ operation }) => operation);

describe('the simulator', () => {
  it('sees every order through, each step after the one before', async () => {
    const { sent, run } = fixture();
    const report = await run({ count: 200 });
    expect(report).toMatchObject({ orders: 200, failed: 0, unfinishedSteps: 0, sent: sent.length });
    const shop = createShop({ seed: 3, idPrefix: 't' });
    for (let i = 0; i < 200; i++) {
      const { id, steps } = shop.nextOrder(5);
      const expected = {
        pay: 'payOrder',
        ship: 'shipOrder',
        deliver: 'deliverOrder',
        cancel: 'cancelOrder',
        return: 'returnItems',
      };
      expect(operationsOf(sent, id)).toEqual(['placeOrder', ...steps.map(({ kind }) => expected[kind])]);
    }
  });

  it('sends the same requests for the same seed', async () => {
    const [first, second] = [fixture(), fixture()];
    await first.run({ count: 50 });
    await second.run({ count: 50 });
    const ordered = ({ sent }: typeof first) => sent.map((mutation) => JSON.stringify(mutation)).sort();
    expect(ordered(first)).toEqual(ordered(second));
  });

  it('does not go on with an order that was refused, and counts why', async () => {
    const { sent, run } = fixture(async ({ operation }) =>
      operation === 'payOrder'
        ? { ok: false, code: 'NOT_FOUND', message: '' }
        : { ok: true, duplicate: false },
    );
    const report = await run({ count: 50 });
    expect(report.failures).toEqual({ NOT_FOUND: 50 });
    expect(sent.some(({ operation }) => operation === 'shipOrder')).toBe(false);
  });

  it('never has more requests under way than allowed, and leaves none behind', async () => {
    const { run, most } = fixture(async () => {
      await delay(1);
      return { ok: true, duplicate: false };
    });
    const report = await run({ count: 200, concurrency: 7 });
    expect(most()).toBe(7);
    expect(report.accepted).toBe(report.sent);
  });

  it('waits for the first order, which settles the currency of an empty store', async () => {
    let sentMeanwhile = 0;
    const { sent, run } = fixture(async ({ operation }) => {
      const placed = sent.filter((mutation) => mutation.operation === 'placeOrder').length;
      if (operation === 'placeOrder' && placed === 1) {
        // Long enough for many more at this rate.
        await delay(20);
        sentMeanwhile = sent.filter((mutation) => mutation.operation === 'placeOrder').length - placed;
      }
      return { ok: true, duplicate: false };
    });
    expect(await run({ count: 20 })).toMatchObject({ orders: 20, failed: 0 });
    expect(sentMeanwhile).toBe(0);
  });

  it('stops when it is told to, and waits for what is under way', async () => {
    const stop = new AbortController();
    let answered = 0;
    const { sent, run } = fixture(async () => {
      if (++answered === 20) stop.abort();
      await delay(5);
      return { ok: true, duplicate: false };
    });
    const report = await run({ signal: stop.signal });
    expect(report.sent).toBe(sent.length);
    expect(report.accepted).toBe(report.sent);
  });
});
