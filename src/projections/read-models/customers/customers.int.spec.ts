import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
import { customers } from './customers.projection';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const register = (log: EventLog, customerId: string, at?: number) =>
  log.append(
    'CustomerRegistered',
    `customer-${customerId}`,
    { customerId, name: 'Ann Example', email: 'ann@example.com', country: 'GB', region: null },
    at,
  );
const change = (
  log: EventLog,
  customerId: string,
  changed: { name?: string; email?: string | null; country?: string },
  at?: number,
) => log.append('CustomerDetailsChanged', `customer-${customerId}`, { customerId, ...changed }, at);

const COLUMNS =
  'customer_id, revision, name, email, country, region, registered_at, ' +
  'seen_position, seen_country, seen_region';

describe('the customers read model', () => {
  let log: EventLog;
  let generation: TestGeneration;
  beforeEach(async () => {
    log = eventLog();
    generation = await TestGeneration.create(database.pool, customers);
  });
  afterEach(() => generation.close());

  const customer = async (customerId: string) =>
    (await generation.rows(`SELECT ${COLUMNS} FROM customers WHERE customer_id = $1`, [customerId]))[0];

  const registered = {
    revision: 0,
    name: 'Ann Example',
    email: 'ann@example.com',
    country: 'GB',
    region: null,
    registered_at: new Date('2024-03-01T00:00:00.123Z'),
  };
  const never = { revision: null, name: null, email: null, country: null, region: null, registered_at: null };
  const unseen = { seen_position: null, seen_country: null, seen_region: null };

  it('has a row for a registered customer', async () => {
    register(log, 'ann', registered.registered_at.getTime());
    await generation.apply(log.events);
    expect(await customer('ann')).toEqual({ customer_id: 'ann', ...registered, ...unseen });
  });

  it.each([
    ['in one batch', 100],
    ['in batches of their own', 1],
  ])('changes only the details that changed, to null too, %s', async (_, batchSize) => {
    register(log, 'ann', registered.registered_at.getTime());
    change(log, 'ann', { name: 'Ann Other' });
    change(log, 'ann', { email: null });
    const batches = await TestGeneration.create(database.pool, customers, { batchSize });
    await batches.apply(log.events);
    expect(await batches.rows(`SELECT ${COLUMNS} FROM customers`)).toEqual([
      { customer_id: 'ann', ...registered, ...unseen, name: 'Ann Other', email: null, revision: 2 },
    ]);
    await batches.close();
  });

  it('follows the revision of the stream when nothing changed', async () => {
    register(log, 'ann', registered.registered_at.getTime());
    log.append('CustomerUnchanged', 'customer-ann', { customerId: 'ann' });
    await generation.apply(log.events);
    expect(await customer('ann')).toEqual({ customer_id: 'ann', ...registered, ...unseen, revision: 1 });
  });

  it('is not set back by a change that is dated before the current one, field by field', async () => {
    const at = registered.registered_at.getTime();
    register(log, 'ann', at);
    change(log, 'ann', { country: 'IE', name: 'Ann Other' }, at + 2_000);
    change(log, 'ann', { country: 'FR', email: null }, at + 1_000);
    change(log, 'ann', { name: 'Ann Third' }, at + 2_000);
    for (const batchSize of [100, 1]) {
      const batches = await TestGeneration.create(database.pool, customers, { batchSize });
      await batches.apply(log.events);
      expect(await batches.rows(`SELECT ${COLUMNS} FROM customers`)).toEqual([
        {
          customer_id: 'ann',
          ...registered,
          ...unseen,
          revision: 3,
          country: 'IE',
          email: null,
          name: 'Ann Third',
        },
      ]);
      await batches.close();
    }
  });

  it('has a row for a customer that only an order names, as the first one sold it', async () => {
    const first = log.place({ customerId: 'ann', country: 'FR', region: 'Bretagne' });
    log.creditNote({ customerId: 'ann', country: 'DE' });
    await generation.apply(log.events);
    const seen = { seen_position: first.position, seen_country: 'FR', seen_region: 'Bretagne' };
    expect(await customer('ann')).toEqual({ customer_id: 'ann', ...never, ...seen });

    const later = log.place({ customerId: 'ann', country: 'IT' });
    await generation.apply([later]);
    expect(await customer('ann')).toMatchObject(seen);
  });

  it('takes a credit note for a sighting', async () => {
    const note = log.creditNote({ customerId: 'ann', country: 'DE' });
    await generation.apply(log.events);
    expect(await customer('ann')).toMatchObject({ seen_position: note.position, seen_country: 'DE' });
  });

  it('has no row for guests', async () => {
    log.place();
    log.creditNote();
    await generation.apply(log.events);
    expect(await generation.rows('SELECT * FROM customers')).toEqual([]);
  });

  it('keeps both halves apart, whichever stream is read first', async () => {
    const joined = register(log, 'ann', registered.registered_at.getTime());
    const first = log.place({ customerId: 'ann', country: 'FR' });
    const second = log.place({ customerId: 'ann', country: 'DE' });
    const both = {
      customer_id: 'ann',
      ...registered,
      seen_position: first.position,
      seen_country: 'FR',
      seen_region: null,
    };
    for (const events of [
      [joined, first, second],
      [second, joined, first],
      [first, second, joined],
    ]) {
      const batches = await TestGeneration.create(database.pool, customers, { batchSize: 1 });
      await batches.apply(events);
      expect(await batches.rows(`SELECT ${COLUMNS} FROM customers`)).toEqual([both]);
      await batches.close();
    }
  });

  it('refuses a change of a customer that was never registered, and says which', async () => {
    log.place({ customerId: 'ann' });
    const { position } = change(log, 'ann', { name: 'Nobody' });
    await expect(generation.apply(log.events)).rejects.toThrow(
      `CustomerDetailsChanged of stream customer-ann at position ${position} was refused: ` +
        'there is no customer ann',
    );
  });

  it('is the same however the log is cut into batches', async () => {
    const ids = fc.constantFrom('ann', 'bob', 'Cleo', 'dörte');
    const step = fc.record({ customerId: ids, country: fc.constantFrom('GB', 'DE'), kind: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const shop = eventLog();
        const known = new Set<string>();
        for (const { customerId, country, kind } of steps) {
          if (kind === 0) shop.place({ customerId, country });
          else if (kind === 1) shop.creditNote({ customerId, country });
          else if (known.has(customerId)) change(shop, customerId, { name: `${country} ${known.size}` });
          else {
            register(shop, customerId);
            known.add(customerId);
          }
        }
        const { events } = shop;
        const whole = await hashesAfter(database.pool, customers, events);
        expect(await hashesAfter(database.pool, customers, events, { batchSize: 1 })).toEqual(whole);
        expect(await hashesAfter(database.pool, customers, events, { batchSize: 7, reopen: true })).toEqual(
          whole,
        );
      }),
      { numRuns: 15 },
    );
  });
});
