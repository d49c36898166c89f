import { accepted, codeOf, placeOrderInput, readWhole } from '../../test/support/commands';
import { createTestStore, type TestStore } from '../../test/support/store';
import {
  type CommandContext,
  cancelOrder,
  createCommandContext,
  payOrder,
  placeOrder,
  returnItems,
  SETTINGS_STREAM,
} from '.';

let test: TestStore;
let contexts: CommandContext[];

beforeAll(async () => {
  test = await createTestStore();
  contexts = Array.from({ length: 4 }, () => createCommandContext({ store: test.store }));
});
afterAll(() => test.close());

/** Each of the contexts in turn, as if four processes shared the work. */
function context(i: number): CommandContext {
  return contexts[i % contexts.length] ?? createCommandContext({ store: test.store });
}

function tally(codes: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

describe('the first commands of a store', () => {
  it('configure it once, whatever their currencies', async () => {
    const currencies = ['EUR', 'USD', 'JPY', 'SEK'];
    const results = await Promise.all(
      currencies.map((currency, i) =>
        placeOrder(context(i), placeOrderInput({ orderId: `first-${i}`, currency })),
      ),
    );
    expect(results.map(codeOf)).toEqual(['OK', 'OK', 'OK', 'OK']);
    const settings = await readWhole(test.store, SETTINGS_STREAM);
    expect(settings).toHaveLength(1);
    for (const { settings: known } of contexts) expect(await known.stored()).toEqual(settings[0]?.data);
    for (const result of results) {
      expect(accepted(result).position > (settings[0]?.position ?? '~')).toBe(true);
    }
  });
});

describe.each([
  ['one process', 1],
  ['four processes', 4],
])('200 commands at once on one order, from %s', (_, processes) => {
  const orderId = `busy-${processes}`;
  const stream = `order-${orderId}`;
  const from = (i: number) => context(i % processes);

  it('return every unit once, and none twice', async () => {
    accepted(await placeOrder(context(0), placeOrderInput({ orderId }, 200)));
    const lines = [{ productId: 'P1', quantity: 1 }];
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        returnItems(from(i), { idempotencyKey: `r${i}`, orderId, lines }),
      ),
    );
    const revisions = results.map((result) => accepted(result).revision).sort((a, b) => a - b);
    expect(revisions).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    const events = await readWhole(test.store, stream);
    expect(events).toHaveLength(201);
    let units = 0;
    let amount = 0;
    for (const event of events) {
      if (event.type !== 'OrderItemsReturned') continue;
      expect(event.data.lines[0]?.returnedBefore).toBe(amount);
      units += event.data.lines[0]?.quantity ?? 0;
      amount += event.data.amount;
    }
    expect([units, amount]).toEqual([200, 200_000]);
    const more = await returnItems(context(0), { idempotencyKey: 'more', orderId, lines });
    expect(more).toMatchObject({ failure: { code: 'RETURN_EXCEEDS_PURCHASE', alreadyReturned: 200 } });
  });

  it('pay it once', async () => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) => payOrder(from(i), { idempotencyKey: `p${i}`, orderId })),
    );
    expect(tally(results.map(codeOf))).toEqual({ OK: 1, ILLEGAL_TRANSITION: 199 });
    const events = await readWhole(test.store, stream);
    expect(events.filter(({ type }) => type === 'OrderPaid')).toHaveLength(1);
  });

  it('take no more than one of those who saw the same revision', async () => {
    const seen = (await readWhole(test.store, stream)).length - 1;
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        cancelOrder(from(i), { idempotencyKey: `c${i}`, orderId, expectedRevision: seen }),
      ),
    );
    expect(tally(results.map(codeOf))).toEqual({ OK: 1, VERSION_CONFLICT: 199 });
    const refused = results.find((result) => !result.ok);
    expect(refused).toMatchObject({ failure: { expectedRevision: seen, currentRevision: seen + 1 } });
    expect(await readWhole(test.store, stream)).toHaveLength(seen + 2);
  });
});

describe('more units than were bought, asked for at once', () => {
  it('come back only as often as there are any', async () => {
    accepted(await placeOrder(context(0), placeOrderInput({ orderId: 'scarce' }, 5)));
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        returnItems(context(i), {
          idempotencyKey: `r${i}`,
          orderId: 'scarce',
          lines: [{ productId: 'P1', quantity: 1 }],
        }),
      ),
    );
    expect(tally(results.map(codeOf))).toEqual({ OK: 5, RETURN_EXCEEDS_PURCHASE: 35 });
  });
});
