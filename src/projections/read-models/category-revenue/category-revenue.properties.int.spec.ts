import fc from 'fast-check';
import { type ExpectedRow, orderedRevenue } from '../../../../test/oracle/naive/category-revenue.oracle';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
import { lifecycles } from '../../../../test/support/lifecycles';
import type { RecordedEvent } from '../../../event-store/event';
import { orders } from '../orders/orders.projection';
import { categoryRevenue } from './category-revenue.projection';

const settings = { reportingCurrency: 'GBP', timeZone: 'America/New_York' };
const MEASURES = ['gross', 'discounts', 'returns', 'units', 'units_returned', 'orders'];
const RUNS = { numRuns: 20 };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Folds a log and hands its tables to `check`. */
async function afterFolding(
  events: RecordedEvent[],
  check: (generation: TestGeneration) => Promise<void>,
): Promise<void> {
  const generation = await TestGeneration.create(database.pool, categoryRevenue, { batchSize: 11 });
  try {
    await generation.apply(events);
    await check(generation);
  } finally {
    await generation.close();
  }
}

const measures = MEASURES.map((measure) => `${measure}::text`).join(', ');
const ROWS = `
SELECT clock, currency, converted::text, day::text, category, ${measures} FROM category_revenue
 UNION ALL
SELECT clock, currency, converted::text, day::text, '*', ${measures} FROM revenue`;

/** Rows in a fixed order as text; those of zeros only are left out, since an oracle does not know of them. */
function shown(rows: ExpectedRow[]): string[] {
  return rows
    .filter((row) => MEASURES.some((measure) => row[measure] !== '0'))
    .map(({ currency, converted, day, category, ...row }) =>
      [currency, converted, day, category, ...MEASURES.map((measure) => row[measure])].join(' '),
    )
    .sort();
}

/** Over all days: one row a currency, kind and category. */
function totals(rows: ExpectedRow[]): ExpectedRow[] {
  const sums = new Map<string, ExpectedRow>();
  for (const row of rows) {
    const { currency = '', converted = '', category = '' } = row;
    const key = JSON.stringify([currency, converted, category]);
    const sum = sums.get(key) ?? { currency, converted, category, day: 'all' };
    for (const measure of MEASURES)
      sum[measure] = String(BigInt(sum[measure] ?? 0) + BigInt(row[measure] ?? 0));
    sums.set(key, sum);
  }
  return [...sums.values()];
}

const dayOf = (event: RecordedEvent) =>
  new Date(event.occurredAt).toLocaleDateString('sv-SE', { timeZone: settings.timeZone });

describe('category revenue of any orders', () => {
  it('is on the ORDERED clock what every order is worth in the end', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles(settings), ({ events }) =>
        afterFolding(events, async (generation) => {
          const rows = await generation.rows<ExpectedRow>(
            `SELECT * FROM (${ROWS}) r WHERE clock = 'ORDERED'`,
          );
          expect(shown(rows)).toEqual(shown(orderedRevenue(events, settings)));
        }),
      ),
      RUNS,
    );
  });

  it('sums on the PROCESSED clock, up to any day, what all orders were worth at its end', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles(settings), ({ events }) =>
        afterFolding(events, async (generation) => {
          const rows = await generation.rows<ExpectedRow>(
            `SELECT * FROM (${ROWS}) r WHERE clock = 'PROCESSED'`,
          );
          for (const day of new Set(events.map(dayOf))) {
            const posted = rows.filter((row) => (row.day ?? '') <= day);
            const happened = events.filter((event) => dayOf(event) <= day);
            expect(shown(totals(posted))).toEqual(shown(totals(orderedRevenue(happened, settings))));
          }
        }),
      ),
      RUNS,
    );
  });

  it('leaves out of the reporting currency exactly what came without a rate', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles(settings), ({ events }) =>
        afterFolding(events, async (generation) => {
          const rows = await generation.rows(
            `SELECT clock, currency, sum(gross) AS gross, sum(discounts) AS discounts,
                    sum(returns) AS returns,
                    sum(orders) AS orders, sum(documents) AS documents
               FROM unconverted_revenue GROUP BY clock, currency ORDER BY clock`,
          );
          const left = new Set(
            events
              .filter(
                ({ data }) =>
                  'country' in data && 'currency' in data && data.currency === 'EUR' && !data.exchangeRate,
              )
              .map((event) => event.stream),
          );
          const documents = events.filter(
            ({ stream, type }) =>
              left.has(stream) && !['OrderPaid', 'OrderShipped', 'OrderDelivered'].includes(type),
          );
          const [sum] = totals(orderedRevenue(documents, settings).filter((row) => row.category === '*'));
          const {
            gross,
            discounts,
            returns,
            orders: counted,
          } = { gross: '0', discounts: '0', returns: '0', orders: '0', ...sum };
          const expected = {
            currency: 'EUR',
            gross,
            discounts,
            returns,
            orders: counted,
            documents: String(documents.length),
          };
          expect(rows).toEqual(
            documents.length === 0 ? [] : ['ORDERED', 'PROCESSED'].map((clock) => ({ clock, ...expected })),
          );
        }),
      ),
      RUNS,
    );
  });

  it('adds up: categories, days and the orders themselves', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles(settings), ({ events }) =>
        afterFolding(events, async (generation) => {
          const sums = MEASURES.filter((measure) => measure !== 'orders')
            .map((measure) => `sum(${measure})::text AS ${measure}`)
            .join(', ');
          const by = 'clock, currency, converted, day';
          const categories = `SELECT ${by}, ${sums} FROM category_revenue GROUP BY ${by} ORDER BY ${by}`;
          const days = `SELECT ${by}, ${sums} FROM revenue GROUP BY ${by} ORDER BY ${by}`;
          expect(await generation.rows(categories)).toEqual(await generation.rows(days));

          const sales = await generation.rows(
            `SELECT clock, currency, sum(gross - discounts)::text AS amount, sum(orders)::text AS orders
               FROM revenue WHERE NOT converted GROUP BY clock, currency HAVING sum(orders) > 0
              ORDER BY clock, currency`,
          );
          const model = await TestGeneration.create(database.pool, orders);
          await model.apply(events);
          const valid = await model.rows(
            `SELECT currency, sum(gross - discounts)::text AS amount, count(*)::text AS orders
               FROM orders WHERE status <> 'CANCELLED' GROUP BY currency ORDER BY currency`,
          );
          await model.close();
          expect(sales).toEqual(
            ['ORDERED', 'PROCESSED'].flatMap((clock) => valid.map((row) => ({ clock, ...row }))),
          );
        }),
      ),
      RUNS,
    );
  });

  it('is the same however the log is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(lifecycles(settings), async ({ events }) => {
        const whole = await hashesAfter(database.pool, categoryRevenue, events);
        expect(await hashesAfter(database.pool, categoryRevenue, events, { batchSize: 1 })).toEqual(whole);
        expect(
          await hashesAfter(database.pool, categoryRevenue, events, { batchSize: 7, reopen: true }),
        ).toEqual(whole);
      }),
      RUNS,
    );
  });
});
