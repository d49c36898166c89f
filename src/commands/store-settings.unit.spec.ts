import { accepted, codeOf, placeOrderInput } from '../../test/support/commands';
import { InMemoryEventStore } from '../../test/support/in-memory.event-store';
import {
  createCommandContext,
  placeOrder,
  registerCustomer,
  SETTINGS_STREAM,
  SettingsConflictError,
} from '.';

const settingsIn = (store: InMemoryEventStore) => store.streamOf(SETTINGS_STREAM).map(({ data }) => data);
const customer = { idempotencyKey: 'k', customerId: 'C1', name: 'Ada' };

describe('the settings of a store', () => {
  it('come from the first order, before it, where the configuration is silent', async () => {
    const store = new InMemoryEventStore();
    const context = createCommandContext({ store });
    expect(await context.settings.stored()).toBeUndefined();
    accepted(await placeOrder(context, placeOrderInput({ currency: 'SEK' })));
    accepted(await placeOrder(context, placeOrderInput({ orderId: 'O2' })));
    expect(settingsIn(store)).toEqual([{ reportingCurrency: 'SEK', timeZone: 'UTC' }]);
    expect(store.log.map(({ type }) => type)).toEqual(['StoreConfigured', 'OrderPlaced', 'OrderPlaced']);
    expect(await createCommandContext({ store }).settings.stored()).toEqual({
      reportingCurrency: 'SEK',
      timeZone: 'UTC',
    });
  });

  it('come from the configuration where it speaks', async () => {
    const store = new InMemoryEventStore();
    const context = createCommandContext({ store, reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' });
    accepted(await placeOrder(context, placeOrderInput({ currency: 'SEK', exchangeRate: '0.09' })));
    expect(settingsIn(store)).toEqual([{ reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' }]);
  });

  it('are stored by a command without a currency only where the configuration names them all', async () => {
    const store = new InMemoryEventStore();
    accepted(await registerCustomer(createCommandContext({ store }), customer));
    const half = createCommandContext({ store, reportingCurrency: 'EUR' });
    accepted(await registerCustomer(half, { ...customer, customerId: 'C2' }));
    expect(settingsIn(store)).toEqual([]);
    const full = createCommandContext({ store, reportingCurrency: 'EUR', timeZone: 'UTC' });
    accepted(await registerCustomer(full, { ...customer, customerId: 'C3' }));
    expect(settingsIn(store)).toEqual([{ reportingCurrency: 'EUR', timeZone: 'UTC' }]);
  });

  it('are not decided by an order that is refused', async () => {
    const store = new InMemoryEventStore();
    const context = createCommandContext({ store });
    const refused = await placeOrder(context, placeOrderInput({ currency: 'JPY', lines: [] }));
    expect(codeOf(refused)).toBe('INVALID_INPUT');
    expect(store.log).toEqual([]);
  });

  it('are one, however many first orders come at once', async () => {
    const store = new InMemoryEventStore();
    const contexts = [createCommandContext({ store }), createCommandContext({ store })];
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const context = contexts[i % 2] ?? createCommandContext({ store });
        return placeOrder(
          context,
          placeOrderInput({ orderId: `O${i}`, currency: i % 2 === 0 ? 'EUR' : 'USD' }),
        );
      }),
    );
    expect(results.map(codeOf)).toEqual(Array(20).fill('OK'));
    expect(settingsIn(store)).toHaveLength(1);
    const [first, second] = await Promise.all(contexts.map(({ settings }) => settings.stored()));
    expect(first).toEqual(second);
  });

  it('that were lost in a race are decided on again', async () => {
    const store = new InMemoryEventStore();
    const [euro, dollar] = [createCommandContext({ store }), createCommandContext({ store })];
    const [a, b] = await Promise.all([
      placeOrder(euro, placeOrderInput({ orderId: 'A', currency: 'EUR', exchangeRate: '1' })),
      placeOrder(dollar, placeOrderInput({ orderId: 'B', currency: 'USD', exchangeRate: '1' })),
    ]);
    expect([codeOf(a), codeOf(b)]).toEqual(['OK', 'OK']);
    const winner = (await euro.settings.stored())?.reportingCurrency;
    // In the reporting currency a rate of 1 is not kept; in the other it is.
    const withRate = store.log.filter(({ data }) => 'exchangeRate' in data);
    expect(withRate).toHaveLength(1);
    expect(withRate[0]?.data).not.toHaveProperty('currency', winner);
  });

  it('cannot be contradicted by the configuration', async () => {
    const store = new InMemoryEventStore();
    accepted(await placeOrder(createCommandContext({ store }), placeOrderInput()));
    const other = createCommandContext({ store, reportingCurrency: 'USD' });
    const moved = createCommandContext({ store, timeZone: 'Asia/Tokyo' });
    const conflict = { setting: 'reportingCurrency', stored: 'EUR', configured: 'USD' };
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(other.settings.stored()).rejects.toMatchObject({
        name: 'SettingsConflictError',
        ...conflict,
      });
      await expect(placeOrder(other, placeOrderInput({ orderId: 'O2' }))).rejects.toBeInstanceOf(
        SettingsConflictError,
      );
      await expect(moved.settings.stored()).rejects.toMatchObject({ setting: 'timeZone', stored: 'UTC' });
    }
    const same = createCommandContext({ store, reportingCurrency: 'EUR', timeZone: 'UTC' });
    expect(await same.settings.stored()).toEqual({ reportingCurrency: 'EUR', timeZone: 'UTC' });
  });

  it('name a currency and a time zone that there are', () => {
    const store = new InMemoryEventStore();
    expect(() => createCommandContext({ store, reportingCurrency: 'EURO' })).toThrow(RangeError);
    expect(() => createCommandContext({ store, timeZone: 'Mars/Olympus' })).toThrow(RangeError);
  });
});
