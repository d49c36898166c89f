import { accepted, codeOf, readWhole } from '../../test/support/commands';
import { EventStoreDbDouble } from '../../test/support/eventstoredb/double';
import { createTestStore } from '../../test/support/store';
import { StoreUnavailableError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { openEventStoreDb } from '../event-store/eventstoredb/eventstoredb.event-store';
import {
  type CommandContext,
  changeCustomer,
  changeProductPrice,
  createCommandContext,
  listProduct,
  recategoriseProduct,
  registerCustomer,
} from '.';
import { UNCHANGED_A_DAY } from './unchanged-limit';

const DAY_MS = 24 * 60 * 60_000;

interface OpenStore {
  store: EventStore;
  close(): Promise<void>;
}

async function onEventStoreDb(): Promise<OpenStore> {
  const double = await EventStoreDbDouble.start();
  const store = await openEventStoreDb({ url: double.url });
  const close = async () => {
    await store.close();
    await double.stop();
  };
  return { store, close };
}

/** The store, whose appends are done while their answers are lost. */
function withoutAnswers(store: EventStore): EventStore {
  const append = async (...args: Parameters<EventStore['append']>) => {
    await store.append(...args);
    throw new StoreUnavailableError('The connection broke');
  };
  return new Proxy(store, {
    get(target, key) {
      if (key === 'append') return append;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe.each<[string, () => Promise<OpenStore>]>([
  ['Postgres', createTestStore],
  ['EventStoreDB', onEventStoreDb],
])('a command that changes nothing, on %s', (_, open) => {
  let opened: OpenStore;
  let here: CommandContext;
  let there: CommandContext;
  beforeAll(async () => {
    opened = await open();
    here = createCommandContext({ store: opened.store });
    there = createCommandContext({ store: opened.store });
  });
  afterAll(() => opened.close());

  /** A customer of its own for each test, in France. */
  let customers = 0;
  let customerId = '';
  beforeEach(async () => {
    customerId = `noop-${++customers}`;
    accepted(
      await registerCustomer(here, { idempotencyKey: 'r', customerId, name: 'Ada', country: 'France' }),
    );
  });
  const move = (context: CommandContext, idempotencyKey: string, country: string, more: object = {}) =>
    changeCustomer(context, { idempotencyKey, customerId, country, ...more });
  const types = async () => (await readWhole(opened.store, `customer-${customerId}`)).map(({ type }) => type);

  it('does not undo a newer change when it is sent again', async () => {
    const first = accepted(await move(here, 'n1', 'France'));
    expect(first).toMatchObject({ revision: 1, duplicate: false, state: { country: 'France', revision: 1 } });
    accepted(await move(there, 'n2', 'Spain'));
    expect(accepted(await move(there, 'n1', 'France'))).toEqual({ ...first, duplicate: true });
    expect(accepted(await move(here, 'n3', 'Spain')).state.country).toBe('Spain');
    const changes = ['CustomerUnchanged', 'CustomerDetailsChanged', 'CustomerUnchanged'];
    expect(await types()).toEqual(['CustomerRegistered', ...changes]);
  });

  it('keeps its key from another request', async () => {
    accepted(await move(here, 'n1', 'France'));
    expect(codeOf(await move(there, 'n1', 'Spain'))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(await types()).toHaveLength(2);
  });

  it('tells the revision that the next command is to expect', async () => {
    const { revision } = accepted(await move(here, 'n1', 'France', { expectedRevision: 0 }));
    expect(codeOf(await move(there, 'n2', 'Spain', { expectedRevision: 0 }))).toBe('VERSION_CONFLICT');
    expect(accepted(await move(there, 'n2', 'Spain', { expectedRevision: revision })).revision).toBe(2);
  });

  it('whose answer is lost is done once, and a retry does not undo what came meanwhile', async () => {
    const lost = createCommandContext({ store: withoutAnswers(opened.store) });
    await expect(move(lost, 'n1', 'France')).rejects.toBeInstanceOf(StoreUnavailableError);
    accepted(await move(there, 'n2', 'Spain'));
    expect(accepted(await move(here, 'n1', 'France'))).toMatchObject({ revision: 1, duplicate: true });
    expect(await types()).toEqual(['CustomerRegistered', 'CustomerUnchanged', 'CustomerDetailsChanged']);
  });

  it('at once from two processes, among changes, is done once', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const context = i % 2 === 0 ? here : there;
        return i % 4 < 2
          ? move(context, 'same', 'France')
          : move(context, `m${i}`, i % 8 < 4 ? 'Spain' : 'Italy');
      }),
    );
    const same = results.filter((_, i) => i % 4 < 2).map(accepted);
    expect(new Set(same.map(({ revision }) => revision)).size).toBe(1);
    const written = await readWhole(opened.store, `customer-${customerId}`);
    expect(written.filter(({ metadata }) => metadata.idempotencyKey === 'same')).toHaveLength(1);
  });

  it('cannot flood the log: a day takes so many in a stream, also from two processes at once', async () => {
    const results = await Promise.all(
      Array.from({ length: UNCHANGED_A_DAY + 6 }, (_, i) =>
        move(i % 2 === 0 ? here : there, `n${i}`, 'France'),
      ),
    );
    const refused = results.flatMap((result) => (result.ok ? [] : [result.failure]));
    const events = await readWhole(opened.store, `customer-${customerId}`);
    expect(events).toHaveLength(1 + UNCHANGED_A_DAY);
    const retryAt = (events[1]?.recordedAt ?? 0) + DAY_MS;
    const failure = { code: 'TOO_MANY_UNCHANGED', limit: UNCHANGED_A_DAY, retryAt, path: [] };
    expect(refused).toEqual(Array(6).fill(expect.objectContaining(failure)));
    expect(refused[0]?.message).toContain(new Date(retryAt).toISOString());

    const known = results.findIndex(({ ok }) => ok);
    expect(accepted(await move(here, `n${known}`, 'France')).duplicate).toBe(true);
    // A refusal stores nothing: the same request is decided again, and by then it changes something.
    accepted(await move(there, 'away', 'Spain'));
    const first = results.findIndex(({ ok }) => !ok);
    expect(accepted(await move(here, `n${first}`, 'France')).duplicate).toBe(false);
    const tomorrow = createCommandContext({ store: opened.store, now: () => Date.now() + DAY_MS });
    expect(codeOf(await move(tomorrow, 'next day', 'France'))).toBe('OK');
  });

  it('is remembered of a product’s price and category as well', async () => {
    const product = {
      productId: customerId,
      name: 'Mug',
      category: 'Kitchen',
      price: '4.50',
      currency: 'EUR',
    };
    accepted(await listProduct(here, { idempotencyKey: 'l', ...product }));
    const price = { idempotencyKey: 'p', productId: customerId, price: '4.5' };
    const category = { idempotencyKey: 'c', productId: customerId, category: 'Kitchen' };
    accepted(await changeProductPrice(here, price));
    accepted(await recategoriseProduct(here, category));
    accepted(await changeProductPrice(here, { ...price, idempotencyKey: 'p2', price: '5' }));
    accepted(await recategoriseProduct(here, { ...category, idempotencyKey: 'c2', category: 'Gifts' }));
    expect(accepted(await changeProductPrice(there, price))).toMatchObject({ revision: 1, duplicate: true });
    expect(accepted(await recategoriseProduct(there, category))).toMatchObject({
      revision: 2,
      duplicate: true,
    });
    expect(await readWhole(opened.store, `product-${customerId}`)).toHaveLength(5);
  });
});
