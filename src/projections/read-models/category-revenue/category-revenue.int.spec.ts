import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { TestGeneration } from '../../../../test/support/generation';
import { categoryRevenue } from './category-revenue.projection';

const JAN_5 = Date.UTC(2024, 0, 5, 12);
const JAN_6 = Date.UTC(2024, 0, 6, 12);
const JAN_7 = Date.UTC(2024, 0, 7, 12);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

describe('the category revenue read model', () => {
  let log: EventLog;
  let generation: TestGeneration;
  beforeEach(async () => {
    log = eventLog({ reportingCurrency: 'GBP', timeZone: 'UTC' });
    generation = await TestGeneration.create(database.pool, categoryRevenue);
  });
  afterEach(() => generation.close());

  /** 'day category gross discounts returns units units_returned orders' of each row */
  const categories = async (clock: string, currency = 'GBP', converted = false) => {
    const rows = await generation.rows<{ row: string }>(
      `SELECT concat_ws(' ', day, category, gross, discounts, returns, units, units_returned, orders) AS row
         FROM category_revenue WHERE clock = $1 AND currency = $2 AND converted = $3 ORDER BY day, category`,
      [clock, currency, converted],
    );
    return rows.map(({ row }) => row);
  };
  /** 'day gross discounts returns units units_returned orders' of each row */
  const days = async (clock: string, currency = 'GBP', converted = false) => {
    const rows = await generation.rows<{ row: string }>(
      `SELECT concat_ws(' ', day, gross, discounts, returns, units, units_returned, orders) AS row
         FROM revenue WHERE clock = $1 AND currency = $2 AND converted = $3 ORDER BY day`,
      [clock, currency, converted],
    );
    return rows.map(({ row }) => row);
  };
  const unconverted = async (clock: string) => {
    const rows = await generation.rows<{ row: string }>(
      `SELECT concat_ws(' ', currency, day, gross, discounts, returns, orders, documents) AS row
         FROM unconverted_revenue WHERE clock = $1 ORDER BY currency, day`,
      [clock],
    );
    return rows.map(({ row }) => row);
  };

  it('posts an order to the categories of its lines, once to each, and once to the day', async () => {
    log.place({
      at: JAN_5,
      lines: [
        { category: 'Books', price: 1000, quantity: 2, discount: 300 },
        { category: 'Toys', price: 500 },
        { category: 'Books', price: 100 },
      ],
    });
    await generation.apply(log.events);
    for (const clock of ['PROCESSED', 'ORDERED']) {
      expect(await categories(clock)).toEqual([
        '2024-01-05 Books 2100 300 0 3 0 1',
        '2024-01-05 Toys 500 0 0 1 0 1',
      ]);
      expect(await days(clock)).toEqual(['2024-01-05 2600 300 0 4 0 1']);
    }
  });

  it('posts a return on its own day or on the day of its order', async () => {
    log.place({ at: JAN_5, orderId: 'a', lines: [{ price: 1000, quantity: 3, discount: 1 }] });
    log.return('a', [{ lineNumber: 1, quantity: 2 }], { at: JAN_6 });
    await generation.apply(log.events);
    expect(await days('PROCESSED')).toEqual(['2024-01-05 3000 1 0 3 0 1', '2024-01-06 0 0 1999 0 2 0']);
    expect(await days('ORDERED')).toEqual(['2024-01-05 3000 1 1999 3 2 1']);
  });

  it('reverses with a cancellation all that an order and its returns posted; the rows stay', async () => {
    log.place({
      at: JAN_5,
      orderId: 'a',
      lines: [{ price: 1000, quantity: 3, discount: 1 }, { category: 'Toys' }],
    });
    log.return('a', [{ lineNumber: 1, quantity: 2 }], { at: JAN_6 });
    log.cancel('a', { at: JAN_7 });
    await generation.apply(log.events);
    expect(await categories('PROCESSED')).toEqual([
      '2024-01-05 Books 3000 1 0 3 0 1',
      '2024-01-05 Toys 1000 0 0 1 0 1',
      '2024-01-06 Books 0 0 1999 0 2 0',
      '2024-01-07 Books -3000 -1 -1999 -3 -2 -1',
      '2024-01-07 Toys -1000 0 0 -1 0 -1',
    ]);
    expect(await categories('ORDERED')).toEqual([
      '2024-01-05 Books 0 0 0 0 0 0',
      '2024-01-05 Toys 0 0 0 0 0 0',
    ]);
    expect(await days('ORDERED')).toEqual(['2024-01-05 0 0 0 0 0 0']);
  });

  it('posts a credit note as a return on its own day, on both clocks', async () => {
    log.creditNote({ at: JAN_6, lines: [{ category: 'Toys', price: 250, quantity: 2 }] });
    await generation.apply(log.events);
    for (const clock of ['PROCESSED', 'ORDERED']) {
      expect(await categories(clock)).toEqual(['2024-01-06 Toys 0 0 500 0 2 0']);
    }
  });

  it('takes the days of the time zone that the store is in', async () => {
    const tokyo = eventLog({ timeZone: 'Asia/Tokyo' });
    tokyo.place({ at: Date.UTC(2024, 0, 31, 14, 59) });
    tokyo.place({ at: Date.UTC(2024, 0, 31, 15, 0) });
    await generation.apply(tokyo.events);
    expect(await days('ORDERED')).toEqual(['2024-01-31 1000 0 0 1 0 1', '2024-02-01 1000 0 0 1 0 1']);
  });

  it('counts an order in its own currency, and converted line by line where it has a rate', async () => {
    // 105 x 0.5 = 52.5 -> 53 twice, where the sum of 210 would be 105
    const lines = [{ price: 105 }, { price: 105, discount: 3 }];
    log.place({ at: JAN_5, currency: 'EUR', exchangeRate: '0.5', lines });
    await generation.apply(log.events);
    expect(await days('PROCESSED', 'EUR')).toEqual(['2024-01-05 210 3 0 2 0 1']);
    expect(await days('PROCESSED', 'GBP', true)).toEqual(['2024-01-05 106 2 0 2 0 1']);
    expect(await days('PROCESSED', 'GBP', false)).toEqual([]);
    expect(await unconverted('PROCESSED')).toEqual([]);
  });

  it('converts between currencies of different minor units', async () => {
    log.place({ at: JAN_5, currency: 'JPY', exchangeRate: '0.0051', lines: [{ price: 1000 }] });
    await generation.apply(log.events);
    expect(await days('PROCESSED', 'GBP', true)).toEqual(['2024-01-05 510 0 0 1 0 1']);
  });

  it('takes back every converted unit when an order that came back in parts is cancelled', async () => {
    // Parts of 1 x 0.5 would round to 1 each, their sum of 3 to 2: each part posts what the sum grows by.
    log.place({
      at: JAN_5,
      orderId: 'a',
      currency: 'EUR',
      exchangeRate: '0.5',
      lines: [{ price: 1, quantity: 3 }],
    });
    for (let part = 0; part < 3; part++) log.return('a', [{ lineNumber: 1, quantity: 1 }], { at: JAN_6 });
    await generation.apply(log.events);
    expect(await days('ORDERED', 'GBP', true)).toEqual(['2024-01-05 2 0 2 3 3 1']);

    const cancelled = log.cancel('a', { at: JAN_7 });
    await generation.apply([cancelled]);
    expect(await days('ORDERED', 'GBP', true)).toEqual(['2024-01-05 0 0 0 0 0 0']);
    expect(await days('PROCESSED', 'GBP', true)).toEqual([
      '2024-01-05 2 0 0 3 0 1',
      '2024-01-06 0 0 2 0 3 0',
      '2024-01-07 -2 0 -2 -3 -3 -1',
    ]);
  });

  it('shows what could not be converted instead of counting it as nothing', async () => {
    log.place({
      at: JAN_5,
      orderId: 'a',
      currency: 'USD',
      lines: [{ price: 700, quantity: 2, discount: 100 }],
    });
    log.place({ at: JAN_5, orderId: 'b', currency: 'USD' });
    log.return('a', [{ lineNumber: 1, quantity: 1 }], { at: JAN_6 });
    log.cancel('b', { at: JAN_6 });
    log.creditNote({ currency: 'JPY', at: JAN_6 });
    await generation.apply(log.events);
    expect(await unconverted('PROCESSED')).toEqual([
      'JPY 2024-01-06 0 0 1000 0 1',
      'USD 2024-01-05 2400 100 0 2 2',
      'USD 2024-01-06 -1000 0 650 -1 2',
    ]);
    expect(await unconverted('ORDERED')).toEqual([
      'JPY 2024-01-06 0 0 1000 0 1',
      'USD 2024-01-05 1400 100 650 1 4',
    ]);
    expect(await days('ORDERED', 'USD')).toEqual(['2024-01-05 1400 100 650 2 1 1']);
    expect(await generation.rows('SELECT * FROM revenue WHERE currency = $1', ['GBP'])).toEqual([]);
  });

  it('is exact beyond 2^53', async () => {
    const limit = 999_999_999_999_999;
    for (let i = 0; i < 20; i++) log.place({ at: JAN_5, lines: [{ price: limit }] });
    for (let i = 1; i <= 3; i++) log.cancel(`o${i}`, { at: JAN_5 });
    await generation.apply(log.events);
    expect(await days('PROCESSED')).toEqual(['2024-01-05 16999999999999983 0 0 17 0 17']);
    expect(await categories('ORDERED')).toEqual(['2024-01-05 Books 16999999999999983 0 0 17 0 17']);
  });

  it('remembers the settings of the store when it is opened again', async () => {
    const zoned = eventLog({ timeZone: 'America/New_York' });
    await generation.apply(zoned.events);
    zoned.place({ at: Date.UTC(2024, 0, 6, 4) });
    const reopened = await TestGeneration.create(database.pool, categoryRevenue, {
      batchSize: 1,
      reopen: true,
    });
    await reopened.apply(zoned.events);
    expect(await reopened.rows('SELECT day::text FROM revenue WHERE clock = $1', ['ORDERED'])).toEqual([
      { day: '2024-01-05' },
    ]);
    await reopened.close();
  });

  it('refuses a sale before the store has settings, and says which', async () => {
    const early = eventLog(false);
    const { position } = early.place({ orderId: 'early' });
    await expect(generation.apply(early.events)).rejects.toThrow(
      `OrderPlaced of stream order-early at position ${position} was refused: the store has no settings yet`,
    );
  });

  it('passes over a batch without sales', async () => {
    log.place({ orderId: 'a' });
    await generation.apply(log.events);
    const paid = log.pay('a');
    const before = generation.statements.length;
    await generation.apply([paid]);
    expect(generation.statements.length).toBe(before);
  });
});
