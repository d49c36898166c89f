import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventLog } from '../../../../test/support/events';
import { TestGeneration } from '../../../../test/support/generation';
import { EventRefusedError } from '../event-refused-error';
import { rfm } from './rfm.projection';

const DAY = 86_400_000;
const JANUARY = Date.UTC(2024, 0, 1);

let database: TestDatabase;
let generation: TestGeneration;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  generation = await TestGeneration.create(database.pool, rfm, { batchSize: 1, reopen: true });
});
afterEach(() => generation.close());

const customer = async (customerId: string) =>
  (await generation.rows('SELECT * FROM rfm_customers WHERE customer_id = $1', [customerId]))[0];

describe('the RFM read model', () => {
  it('has the last order, the number of orders and their net sales', async () => {
    const log = eventLog();
    log.place({
      customerId: 'ann',
      lines: [{ price: 500, quantity: 3, discount: 100 }],
      shipping: 399,
      tax: 99,
    });
    const { orderId } = log.place({ customerId: 'ann', lines: [{ price: 1000 }], at: JANUARY + DAY }).data;
    log.return(orderId);
    log.place({ customerId: 'ann', lines: [{ price: 20 }], at: JANUARY - DAY });
    await generation.apply(log.events);

    expect(await customer('ann')).toEqual({
      customer_id: 'ann',
      last_order_at: new Date(JANUARY + DAY),
      frequency: 3,
      monetary: '1420',
      unconverted: 0,
    });
  });

  it('goes back to the last order that is left when one is cancelled', async () => {
    const log = eventLog();
    for (const [orderId, day] of Object.entries({ a: 1, b: 3, c: 2, d: 3 })) {
      log.place({ orderId, customerId: 'ann', at: JANUARY + day * DAY });
    }
    await generation.apply(log.events);
    const without = async (orderId: string) => {
      await generation.apply([log.cancel(orderId)]);
      const { last_order_at, frequency, monetary } = (await customer('ann')) ?? {};
      return { last_order_at, frequency, monetary };
    };

    expect(await without('b')).toEqual({
      last_order_at: new Date(JANUARY + 3 * DAY),
      frequency: 3,
      monetary: '3000',
    });
    expect(await without('d')).toEqual({
      last_order_at: new Date(JANUARY + 2 * DAY),
      frequency: 2,
      monetary: '2000',
    });
    expect(await without('a')).toEqual({
      last_order_at: new Date(JANUARY + 2 * DAY),
      frequency: 1,
      monetary: '1000',
    });
    expect(await without('c')).toEqual({ last_order_at: null, frequency: 0, monetary: '0' });
    expect(await generation.rows('SELECT * FROM rfm_orders')).toEqual([]);
    expect(await generation.rows('SELECT * FROM rfm_cuts')).toEqual([]);
    expect(await generation.rows('SELECT population FROM rfm_totals')).toEqual([{ population: '0' }]);
  });

  it('gives back what was left of a partly returned order when it is cancelled', async () => {
    const log = eventLog();
    const { orderId } = log.place({
      customerId: 'ann',
      currency: 'EUR',
      exchangeRate: '0.8537',
      lines: [{ price: 333, quantity: 7, discount: 5 }],
    }).data;
    for (let i = 0; i < 5; i += 1) log.return(orderId, [{ lineNumber: 1, quantity: 1 }]);
    log.cancel(orderId);
    await generation.apply(log.events);
    expect(await customer('ann')).toMatchObject({ frequency: 0, monetary: '0' });
  });

  it('takes credit notes off before a first order too, which leaves the customer outside', async () => {
    const log = eventLog();
    log.creditNote({ customerId: 'ann', lines: [{ price: 700 }] });
    await generation.apply(log.events);
    expect(await customer('ann')).toMatchObject({ last_order_at: null, frequency: 0, monetary: '-700' });
    expect(await generation.rows('SELECT * FROM rfm_moves')).toEqual([]);

    await generation.apply([log.place({ customerId: 'ann' })]);
    expect(await customer('ann')).toMatchObject({ frequency: 1, monetary: '300' });
  });

  it('counts what it cannot convert, and counts it no more when it is cancelled', async () => {
    const log = eventLog();
    log.place({ orderId: 'a', customerId: 'ann', currency: 'EUR' });
    log.place({ customerId: 'ann', currency: 'EUR', exchangeRate: '0.5' });
    log.creditNote({ customerId: 'ann', currency: 'EUR' });
    log.return('a');
    await generation.apply(log.events);
    expect(await customer('ann')).toMatchObject({ frequency: 2, monetary: '500', unconverted: 2 });

    await generation.apply([log.cancel('a')]);
    expect(await customer('ann')).toMatchObject({ frequency: 1, monetary: '500', unconverted: 1 });
  });

  it('keeps guests out', async () => {
    const log = eventLog();
    const { orderId } = log.place().data;
    log.return(orderId);
    log.cancel(orderId);
    log.creditNote();
    await generation.apply(log.events);
    expect(await generation.rows('SELECT * FROM rfm_customers')).toEqual([]);
    expect(await generation.rows('SELECT * FROM rfm_totals')).toEqual([
      { one: true, population: '0', reporting_currency: 'GBP' },
    ]);
  });

  it('tells which event moved a customer, and from what to what', async () => {
    const log = eventLog();
    const first = log.place({ customerId: 'ann', at: JANUARY });
    for (const [index, customerId] of ['bob', 'cid', 'dan', 'eve'].entries()) {
      log.place({ customerId, lines: [{ price: 5000 + index }], at: JANUARY + DAY });
    }
    const again = log.place({ customerId: 'ann', lines: [{ price: 9000 }], at: JANUARY + 2 * DAY });
    const { orderId } = again.data;
    const back = log.return(orderId);
    const gone = log.cancel(orderId);
    await generation.apply(log.events);

    const moves = await generation.rows(
      "SELECT * FROM rfm_moves WHERE customer_id = 'ann' ORDER BY position",
    );
    const outside = { segment: null, tier: null };
    const alone = { segment: 'Hibernating', tier: 'VIP' };
    const last = { segment: 'Hibernating', tier: 'SILVER' };
    const best = { segment: 'Champions', tier: 'VIP' };
    const move = (
      event: typeof first | typeof back | typeof gone,
      from: typeof outside | typeof best,
      to: typeof best,
    ) => ({
      position: event.position,
      customer_id: 'ann',
      from_segment: from.segment,
      to_segment: to.segment,
      from_tier: from.tier,
      to_tier: to.tier,
      cause: event.type,
      document_id: event.data.orderId,
      occurred_at: new Date(event.occurredAt),
    });
    expect(moves).toEqual([
      move(first, outside, alone),
      move(again, last, best),
      move(back, best, { segment: 'Champions', tier: 'SILVER' }),
      move(gone, { segment: 'Champions', tier: 'SILVER' }, last),
    ]);
  });

  it('adds up beyond 2^53', async () => {
    const log = eventLog();
    for (let i = 0; i < 12; i += 1) log.place({ customerId: 'rich', lines: [{ price: 1e15 - 1 }] });
    log.place({ customerId: 'richer', lines: [{ price: 1 }] });
    await generation.apply(log.events);
    expect(await customer('rich')).toMatchObject({ monetary: '11999999999999988' });
    expect(await generation.rows("SELECT key, customer_id FROM rfm_cuts WHERE measure = 'M'")).toEqual([
      { key: '11999999999999988', customer_id: 'rich' },
    ]);
  });

  it('keeps what it wrote after a batch that failed', async () => {
    const log = eventLog();
    const { orderId } = log.place({ customerId: 'ann' }).data;
    await generation.apply(log.events);
    const hashes = await generation.hashes();
    const cancelled = log.cancel(orderId);
    const elsewhere = { ...cancelled, data: { ...cancelled.data, orderedAt: JANUARY } };
    const stranger = { ...cancelled, data: { ...cancelled.data, customerId: 'bob' } };

    await expect(generation.apply([elsewhere])).rejects.toThrow(EventRefusedError);
    await expect(generation.apply([stranger])).rejects.toThrow(EventRefusedError);
    expect(await generation.hashes()).toEqual(hashes);
    await generation.apply([cancelled]);
    expect(await customer('ann')).toMatchObject({ frequency: 0, monetary: '0' });
  });

  it.each([
    ['an order that is there already', [0, 0]],
    ['a second cancellation', [0, 1, 1]],
  ])('refuses %s in one batch', async (_, picked) => {
    const log = eventLog();
    log.place({ orderId: 'b', customerId: 'ann' });
    const events = [log.place({ orderId: 'a', customerId: 'ann' }), log.cancel('a')];
    const whole = await TestGeneration.create(database.pool, rfm);
    await whole.apply(log.events.slice(0, 2));
    await expect(whole.apply(picked.flatMap((index) => events[index] ?? []))).rejects.toThrow(
      EventRefusedError,
    );
    await whole.close();
  });

  it('refuses sales before the store has settings', async () => {
    const log = eventLog(false);
    log.place({ customerId: 'ann' });
    await expect(generation.apply(log.events)).rejects.toThrow(EventRefusedError);
  });
});
