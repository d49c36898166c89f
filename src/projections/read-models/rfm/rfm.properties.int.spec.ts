import fc from 'fast-check';
import {
  type ExpectedCustomer,
  expectedCustomers,
  expectedMoves,
} from '../../../../test/oracle/naive/rfm.oracle';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
import { lifecycles } from '../../../../test/support/lifecycles';
import { AMOUNT_LIMIT } from '../../../domain/money';
import { SCORED_CUSTOMERS } from '../../../graphql/queries/rfm-scores';
import { categoryRevenue } from '../category-revenue/category-revenue.projection';
import { rfm } from './rfm.projection';

const settings = { reportingCurrency: 'GBP', timeZone: 'UTC' };
const RUNS = { numRuns: 12 };
/** Few orders a customer, so that scores tie; ids whose bytes and UTF-16 units order differently. */
const customerIds = [
  null,
  'c10',
  'c9',
  'C1',
  'zoë',
  '客户',
  '\u{1f600}',
  '\u{1f600}x',
  '\uffee',
  '\uffeeb',
  '\ufb00',
];
const shops = lifecycles(settings, { steps: 120, hours: [0, 0, 1, 25, -30], customerIds });

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function afterFolding(
  { events }: EventLog,
  check: (generation: TestGeneration) => Promise<void>,
  batchSize = 11,
): Promise<void> {
  const generation = await TestGeneration.create(database.pool, rfm, { batchSize });
  try {
    await generation.apply(events);
    await check(generation);
  } finally {
    await generation.close();
  }
}

const KEYS = `
SELECT customer_id, frequency, (extract(epoch FROM last_order_at) * 1000) AS r, frequency AS f,
       monetary AS m, -monetary AS t
  FROM rfm_customers WHERE frequency > 0`;
const NTILES = `
SELECT customer_id, ntile(5) OVER (ORDER BY r, customer_id) AS r,
       ntile(5) OVER (ORDER BY f, customer_id) AS f,
       ntile(5) OVER (ORDER BY m, customer_id) AS m, ntile(3) OVER (ORDER BY m DESC, customer_id) AS t
  FROM (${KEYS}) k ORDER BY customer_id`;
const fromCuts = (measure: string) =>
  `(SELECT 1 + count(*)::int FROM rfm_cuts c
     WHERE c.measure = '${measure.toUpperCase()}'
        AND (c.key, c.customer_id) <= (k.${measure}, k.customer_id)) AS ${measure}`;
const SCORES = `
SELECT customer_id, ${['r', 'f', 'm', 't'].map(fromCuts).join(', ')} FROM (${KEYS}) k ORDER BY customer_id`;

describe('RFM of any orders', () => {
  it('measures every customer by the documents that stand', async () => {
    await fc.assert(
      fc.asyncProperty(shops, (log) =>
        afterFolding(log, async (generation) => {
          const rows = await generation.rows<{ monetary: string; last_order_at: Date | null }>(
            `SELECT customer_id AS "customerId", last_order_at, frequency, monetary, unconverted
               FROM rfm_customers
              ORDER BY customer_id`,
          );
          const found = rows.map(({ last_order_at, monetary, ...row }) => ({
            ...row,
            lastOrderAt: last_order_at?.getTime() ?? null,
            monetary: BigInt(monetary),
          }));
          const byId = (a: ExpectedCustomer, b: ExpectedCustomer) =>
            Buffer.compare(Buffer.from(a.customerId), Buffer.from(b.customerId));
          expect(found).toEqual(expectedCustomers(log.events, 'GBP').sort(byId));
        }),
      ),
      RUNS,
    );
  });

  it('has cuts that score everybody as ntile() does', async () => {
    await fc.assert(
      fc.asyncProperty(shops, (log) =>
        afterFolding(log, async (generation) => {
          const expected = await generation.rows(NTILES);
          expect(await generation.rows(SCORES)).toEqual(expected);
          const population = `SELECT population::int, reporting_currency FROM rfm_totals`;
          expect(await generation.rows(population)).toEqual([
            { population: expected.length, reporting_currency: 'GBP' },
          ]);
        }),
      ),
      RUNS,
    );
  });

  it('tells the moves that scoring everybody after every event would find', async () => {
    await fc.assert(
      fc.asyncProperty(shops, (log) =>
        afterFolding(log, async (generation) => {
          const moves = await generation.rows('SELECT * FROM rfm_moves ORDER BY position');
          expect(moves).toEqual(expectedMoves(log.events, 'GBP'));
        }),
      ),
      RUNS,
    );
  });

  it('is the same however the log is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(shops, async ({ events }) => {
        const whole = await hashesAfter(database.pool, rfm, events);
        expect(await hashesAfter(database.pool, rfm, events, { batchSize: 1 })).toEqual(whole);
        expect(await hashesAfter(database.pool, rfm, events, { batchSize: 7, reopen: true })).toEqual(whole);
      }),
      RUNS,
    );
  });

  it('adds up, with the guests, to the net sales of category revenue', async () => {
    await fc.assert(
      fc.asyncProperty(shops, (log) =>
        afterFolding(log, async (generation) => {
          const [customers] = await generation.rows<{ net: string }>(
            'SELECT coalesce(sum(monetary), 0)::text AS net FROM rfm_customers',
          );
          const named = log.events.map((event) =>
            'customerId' in event.data && event.data.customerId === null && 'lines' in event.data
              ? { ...event, data: { ...event.data, customerId: 'guest' } }
              : event,
          ) as typeof log.events;
          const guests = expectedCustomers(named, 'GBP').find(({ customerId }) => customerId === 'guest');
          const revenue = await TestGeneration.create(database.pool, categoryRevenue);
          await revenue.apply(log.events);
          const [sales] = await revenue.rows<{ net: string }>(
            `SELECT coalesce(sum(gross - discounts - returns), 0)::text AS net FROM revenue
              WHERE clock = 'PROCESSED' AND currency = 'GBP'`,
          );
          await revenue.close();
          expect(BigInt(customers?.net ?? 0) + (guests?.monetary ?? 0n)).toBe(BigInt(sales?.net ?? 0));
        }),
      ),
      RUNS,
    );
  });
});

/** M from the events as JSON. `factor` turns minor units of a document's currency into those of GBP. */
const MONETARY = `
WITH e AS (SELECT e->>'type' AS type, e->>'stream' AS stream, e->'data' AS data
             FROM json_array_elements($1::json) e),
lines AS (
  SELECT stream, data->>'customerId' AS customer_id,
         CASE data->>'currency' WHEN 'GBP' THEN 1
                                WHEN 'JPY' THEN (data->>'exchangeRate')::numeric * 100 END AS factor,
         sum(coalesce((line->>'gross')::numeric, 0)) AS gross,
         sum(coalesce((line->>'discount')::numeric, 0)) AS discount,
         sum(coalesce((line->>'amount')::numeric, 0)) AS returned
    FROM e CROSS JOIN json_array_elements(data->'lines') line
   WHERE stream NOT IN (SELECT stream FROM e WHERE type = 'OrderCancelled')
   GROUP BY 1, 2, 3, line->>'lineNumber'
)
SELECT customer_id, sum(round((gross - discount) * factor) - round(returned * factor)) AS monetary
  FROM lines GROUP BY customer_id`;

it('scores some thousand customers as ntile() does, by net sales that SQL finds in the log', async () => {
  const log = shopOfThousands();
  await afterFolding(
    log,
    async (generation) => {
      const expected = await generation.rows(NTILES);
      expect(expected.length).toBeGreaterThan(2500);
      expect(await generation.rows(SCORES)).toEqual(expected);
      const differences = await generation.rows(
        `SELECT * FROM (${MONETARY}) e FULL JOIN rfm_customers c USING (customer_id)
          WHERE coalesce(e.monetary, 0) <> c.monetary OR c.monetary IS NULL`,
        [JSON.stringify(log.events)],
      );
      expect(differences).toEqual([]);
    },
    2000,
  );
});

/**
 * A shop of 4,000 customers: few measures to tell many of them apart, some orders returned, some cancelled.
 */
function shopOfThousands(): EventLog {
  const log = eventLog(settings);
  let state = 7;
  const draw = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let i = 0; i < 12_000; i += 1) {
    const customerId = `customer ${draw(4000)}`;
    const money = [{ currency: 'GBP' }, { currency: 'JPY', exchangeRate: '0.00513' }][draw(2)];
    const lines = [{ price: 100 * draw(20), quantity: 1 + draw(3) }, { price: draw(1000) }];
    const { orderId } = log.place({ customerId, ...money, lines, at: Date.UTC(2024, 0, draw(90)) }).data;
    if (draw(10) === 0) log.return(orderId, [{ lineNumber: 1, quantity: 1 }]);
    if (draw(10) === 0) log.cancel(orderId);
    if (draw(50) === 0) log.creditNote({ customerId, ...money, lines: [{ price: draw(500) }] });
  }
  return log;
}

it('takes net sales of a customer beyond 64 bits, and scores them exactly', async () => {
  const log = eventLog(settings);
  const largest = AMOUNT_LIMIT - 1;
  const ORDERS = 9300;
  const last: string[] = [];
  for (let i = 0; i < ORDERS; i += 1) {
    for (const customerId of ['most', 'one penny less', 'as much as most']) {
      const price = i === 0 && customerId === 'one penny less' ? largest - 1 : largest;
      const { orderId } = log.place({ customerId, lines: [{ price }] }).data;
      if (i === ORDERS - 1) last.push(orderId);
    }
    log.creditNote({ customerId: 'owed', lines: [{ price: largest }] });
  }
  log.place({ customerId: 'owed', lines: [{ price: 1 }] });
  log.place({ customerId: 'small', lines: [{ price: 1 }] });
  for (const orderId of last.slice(1)) log.cancel(orderId);
  const whole = BigInt(largest) * BigInt(ORDERS);
  expect(whole).toBeGreaterThan(2n ** 63n);
  await afterFolding(
    log,
    async (generation) => {
      const monetary = await generation.rows(
        'SELECT customer_id, monetary::text FROM rfm_customers ORDER BY 1',
      );
      expect(monetary).toEqual([
        { customer_id: 'as much as most', monetary: `${whole - BigInt(largest)}` },
        { customer_id: 'most', monetary: `${whole}` },
        { customer_id: 'one penny less', monetary: `${whole - BigInt(largest) - 1n}` },
        { customer_id: 'owed', monetary: `${1n - whole}` },
        { customer_id: 'small', monetary: '1' },
      ]);
      expect(await generation.rows(SCORES)).toEqual(await generation.rows(NTILES));
      const read = SCORED_CUSTOMERS.replaceAll('read.', '');
      const scored = `SELECT customer_id, recency_score AS r, frequency_score AS f, monetary_score AS m,
                             tier_bucket AS t
                        FROM (${read}) s ORDER BY customer_id`;
      expect(await generation.rows(scored)).toEqual(await generation.rows(NTILES));
    },
    5000,
  );
});
