import { accepted, codeOf, placeOrderInput, readWhole } from '../../test/support/commands';
import { createTestStore, type TestStore } from '../../test/support/store';
import { type CommandContext, createCommandContext, payOrder, placeOrder, returnItems } from '.';

let test: TestStore;
let here: CommandContext;
let there: CommandContext;

beforeAll(async () => {
  test = await createTestStore();
  here = createCommandContext({ store: test.store, reportingCurrency: 'EUR' });
  there = createCommandContext({ store: test.store });
});
afterAll(() => test.close());

/** An order of its own for each test. */
let orders = 0;
function order(fields: object = {}, quantity?: number) {
  return placeOrderInput({ orderId: `I${orders}`, ...fields }, quantity);
}
beforeEach(() => {
  orders += 1;
});

const eventsOfOrder = () => readWhole(test.store, `order-I${orders}`);
const pay = () => ({ idempotencyKey: 'pay', orderId: `I${orders}` });
const back = (idempotencyKey: string, quantity = 1) => ({
  idempotencyKey,
  orderId: `I${orders}`,
  lines: [{ productId: 'P1', quantity }],
});

describe('one idempotency key', () => {
  it('twice is one event and the first result', async () => {
    const first = accepted(await placeOrder(here, order()));
    accepted(await payOrder(here, pay()));
    const second = accepted(await placeOrder(there, order()));
    expect(second).toEqual({ ...first, duplicate: true });
    expect(await eventsOfOrder()).toHaveLength(2);
  });

  it('with another request is refused', async () => {
    accepted(await placeOrder(here, order()));
    const refused = await placeOrder(there, order({ country: 'FR' }));
    expect(codeOf(refused)).toBe('IDEMPOTENCY_KEY_REUSED');
    accepted(await returnItems(here, back('k')));
    expect(codeOf(await returnItems(there, back('k', 2)))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(codeOf(await payOrder(here, { ...pay(), idempotencyKey: 'k' }))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await eventsOfOrder()).toHaveLength(2);
  });

  it('at once from two processes is one event, whichever came first', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => placeOrder(i % 2 === 0 ? here : there, order())),
    );
    const events = await eventsOfOrder();
    expect(events).toHaveLength(1);
    for (const result of results) {
      expect(accepted(result)).toMatchObject({ revision: 0, position: events[0]?.position });
    }
  });

  it('at once with two requests is one of them, and a refusal of the other', async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = `I${orders}-${round}`;
      const [a, b] = await Promise.all([
        placeOrder(here, order({ orderId }, 1)),
        placeOrder(there, order({ orderId }, 2)),
      ]);
      expect([codeOf(a), codeOf(b)].sort()).toEqual(['IDEMPOTENCY_KEY_REUSED', 'OK']);
      const [placed] = await readWhole(test.store, `order-${orderId}`);
      expect(placed?.data).toMatchObject({ total: a.ok ? 1000 : 2000 });
    }
  });

  it('at once on an order that moves is one event', async () => {
    accepted(await placeOrder(here, order({}, 40)));
    const mixed = Array.from({ length: 40 }, (_, i) => {
      const context = i % 2 === 0 ? here : there;
      // Every second request repeats the one before it, from the other process.
      return returnItems(context, back(`r${Math.floor(i / 2)}`));
    });
    const results = (await Promise.all(mixed)).map(accepted);
    expect(await eventsOfOrder()).toHaveLength(21);
    for (let i = 0; i < results.length; i += 2) {
      expect(results[i]?.revision).toBe(results[i + 1]?.revision);
    }
  });
});
