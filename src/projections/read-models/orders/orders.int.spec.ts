import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventLog } from '../../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
import { lifecycles } from '../../../../test/support/lifecycles';
import type { RecordedEvent } from '../../../event-store/event';
import { orders } from './orders.projection';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the orders read model', () => {
  let generation: TestGeneration;
  beforeEach(async () => {
    generation = await TestGeneration.create(database.pool, orders);
  });
  afterEach(() => generation.close());

  const order = async (orderId: string) =>
    (await generation.rows(`SELECT * FROM orders WHERE order_id = $1`, [orderId]))[0];

  const history = (orderId: string, of = generation) =>
    of.rows<{ type: string; details: object | null }>(
      `SELECT revision, position, type, occurred_at, details::json, lines::json FROM order_events
        WHERE order_id = $1 ORDER BY position`,
      [orderId],
    );

  it('has a row for an order as it was placed', async () => {
    const log = eventLog();
    const placed = log.place({
      orderId: 'a-1',
      customerId: 'ann',
      country: 'DE',
      region: 'Bayern',
      currency: 'EUR',
      exchangeRate: '0.85',
      lines: [{ productId: 'p1', category: 'Toys', price: 250, quantity: 3, discount: 50 }, { price: 199 }],
      shipping: 450,
      tax: 120,
      at: Date.UTC(2024, 4, 5, 6, 7, 8, 9),
    });
    await generation.apply(log.events);

    expect(await order('a-1')).toEqual({
      order_id: 'a-1',
      status: 'PLACED',
      revision: 0,
      customer_id: 'ann',
      country: 'DE',
      region: 'Bayern',
      currency: 'EUR',
      exchange_rate: '0.85',
      gross: '949',
      discounts: '50',
      returns: '0',
      shipping: '450',
      tax: '120',
      refunded_shipping: '0',
      refunded_tax: '0',
      total: '1469',
      placed_at: new Date('2024-05-05T06:07:08.009Z'),
      placed_position: placed.position,
      updated_position: placed.position,
    });
    expect(await history('a-1')).toEqual([
      {
        revision: 0,
        position: placed.position,
        type: 'OrderPlaced',
        occurred_at: new Date(placed.occurredAt),
        details: null,
        lines: placed.data.lines,
      },
    ]);
  });

  it('leaves customer, region and rate of a guest without them empty', async () => {
    const log = eventLog();
    log.place({ orderId: 'a' });
    await generation.apply(log.events);
    expect(await order('a')).toMatchObject({ customer_id: null, region: null, exchange_rate: null });
  });

  it.each([
    ['in one batch', 100],
    ['in batches of their own', 1],
  ])('follows an order through its events, %s', async (_, batchSize) => {
    const log = eventLog();
    log.place({
      orderId: 'a',
      lines: [{ price: 300, quantity: 3 }, { price: 1000 }],
      shipping: 395,
      tax: 70,
    });
    log.pay('a');
    log.ship('a', { carrier: 'DHL', trackingNumber: '42' });
    log.deliver('a');
    log.return('a', [{ lineNumber: 1, quantity: 1 }], { reason: 'too small' });
    log.return(
      'a',
      [
        { lineNumber: 1, quantity: 1 },
        { lineNumber: 2, quantity: 1 },
      ],
      { shipping: 300, tax: 70 },
    );
    const last = log.return('a', [], { shipping: 95 });
    const batches = await TestGeneration.create(database.pool, orders, { batchSize });
    await batches.apply(log.events);

    const [row] = await batches.rows('SELECT * FROM orders');
    expect(row).toMatchObject({
      status: 'DELIVERED',
      revision: 6,
      returns: '1600',
      shipping: '395',
      refunded_shipping: '395',
      refunded_tax: '70',
      gross: '1900',
      updated_position: last.position,
    });
    const entries = await history('a', batches);
    expect(entries.map(({ type, details }) => [type, details])).toEqual([
      ['OrderPlaced', null],
      ['OrderPaid', null],
      ['OrderShipped', { carrier: 'DHL', trackingNumber: '42' }],
      ['OrderDelivered', null],
      [
        'OrderItemsReturned',
        {
          reason: 'too small',
          amount: 300,
          lines: [{ lineNumber: 1, productId: 'p1', quantity: 1, amount: 300 }],
        },
      ],
      [
        'OrderItemsReturned',
        {
          reason: null,
          amount: 1300,
          shipping: 300,
          tax: 70,
          lines: [
            { lineNumber: 1, productId: 'p1', quantity: 1, amount: 300 },
            { lineNumber: 2, productId: 'p2', quantity: 1, amount: 1000 },
          ],
        },
      ],
      ['OrderItemsReturned', { reason: null, amount: 0, shipping: 95, lines: [] }],
    ]);
    await batches.close();
  });

  it('keeps the amounts of a cancelled order', async () => {
    const log = eventLog();
    log.place({ orderId: 'a', lines: [{ price: 500, quantity: 2 }] });
    log.return('a', [{ lineNumber: 1, quantity: 1 }]);
    log.cancel('a', { reason: 'never arrived' });
    await generation.apply(log.events);
    expect(await order('a')).toMatchObject({
      status: 'CANCELLED',
      gross: '1000',
      returns: '500',
      total: '1000',
    });
    expect((await history('a'))[2]?.details).toEqual({ reason: 'never arrived' });
  });

  it('refuses an event of an order that it does not have, and says which', async () => {
    const log = eventLog();
    log.place({ orderId: 'here' });
    log.place({ orderId: 'lost' });
    const paid = log.pay('lost');
    const without = log.events.filter((event) => event.stream !== 'order-lost' || event === paid);
    await expect(generation.apply(without)).rejects.toThrow(
      `OrderPaid of stream order-lost at position ${paid.position} was refused: there is no order lost`,
    );
    expect(await generation.rows('SELECT * FROM orders')).toEqual([]);
  });

  it.each([1, 2])('refuses an order that is placed twice, in batches of %d', async (batchSize) => {
    const log = eventLog(false);
    log.place({ orderId: 'a' });
    log.place({ orderId: 'a' });
    const batches = await TestGeneration.create(database.pool, orders, { batchSize });
    await expect(batches.apply(log.events)).rejects.toThrow();
    await batches.close();
  });

  it.each([
    ['an event of an order that was never placed', [1]],
    ['an event that comes before its order', [1, 0]],
    ['an order that is placed twice', [0, 2]],
  ])('refuses %s at the end of a bulk build', async (_, taken) => {
    const log = eventLog(false);
    const events = [log.place({ orderId: 'a' }), log.pay('a'), log.place({ orderId: 'a' })];
    const positions = events.map(({ position }) => position);
    const bulk = await TestGeneration.create(database.pool, orders, { bulk: true, batchSize: 1 });
    await bulk.apply(
      taken.map((which, index) => ({ ...events[which], position: positions[index] }) as RecordedEvent),
    );
    await expect(bulk.complete()).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
    await bulk.close();
  });

  it('writes no row of the history again, and issues three statements a batch at most', async () => {
    const log = eventLog();
    for (let i = 0; i < 50; i++) log.place();
    await generation.apply(log.events);
    for (let i = 1; i <= 50; i++) log.pay(`o${i}`);
    for (let i = 0; i < 50; i++) log.place();
    for (let i = 51; i <= 100; i++) log.pay(`o${i}`);
    await generation.apply(log.events.slice(51));
    expect(
      generation.statements.slice(2).map((text) =>
        text
          .trim()
          .split(/[\s(]+/, 2)
          .join(' '),
      ),
    ).toEqual(['COPY orders', 'UPDATE orders', 'COPY order_events']);
  });

  it('is the same however the log is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles({ reportingCurrency: 'GBP', timeZone: 'UTC' }), async ({ events }) => {
        const whole = await hashesAfter(database.pool, orders, events);
        expect(await hashesAfter(database.pool, orders, events, { batchSize: 1 })).toEqual(whole);
        expect(await hashesAfter(database.pool, orders, events, { batchSize: 7, reopen: true })).toEqual(
          whole,
        );
        const bulk = { bulk: true, reopen: true };
        for (const batchSize of [1, 7, events.length])
          expect(await hashesAfter(database.pool, orders, events, { ...bulk, batchSize })).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });
});
