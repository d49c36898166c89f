import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
import { logBucket } from '../../../domain/log-bucket';
import { robustCut } from '../../../domain/robust-statistics';
import { bounds } from '../../../domain/statistics';
import type { RecordedEvent } from '../../../event-store/event';
import { EventRefusedError } from '../event-refused-error';
import { anomalies } from './anomalies.projection';

const RUNS = { numRuns: 15 };

/** A row for each bucket that has orders. */
const BUCKETS = `
  SELECT currency, (first_bucket + i - 1)::int AS log_bucket, n::bigint AS orders
    FROM anomaly_buckets, unnest(orders) WITH ORDINALITY AS o(n, i) WHERE n > 0`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Small totals that often tie, and a few that are far away; some orders are cancelled a while later. */
const shop = (cancelled: boolean, currencies = ['GBP', 'EUR']) => {
  const order = fc.record({
    currency: fc.constantFrom(...currencies),
    price: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 30 }) },
      { weight: 4, arbitrary: fc.integer({ min: 100, max: 10_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 10 ** 9, max: 10 ** 15 - 1 }) },
    ),
    cancels: cancelled ? fc.option(fc.nat(), { freq: 2 }) : fc.constant(null),
  });
  return fc.array(order, { maxLength: 90, size: 'max' }).map((orders) => {
    const log = eventLog();
    const valid: string[] = [];
    for (const { currency, price, cancels } of orders) {
      valid.push(log.place({ currency, lines: [{ price }] }).data.orderId);
      const [orderId] = cancels === null ? [] : valid.splice(cancels % valid.length, 1);
      if (orderId) log.cancel(orderId);
    }
    return log;
  });
};
const threshold = fc.constantFrom('0', '0.5', '1', '1.96', '2', '2.000001', '3.5');

async function afterFolding(
  { events }: EventLog,
  check: (generation: TestGeneration) => Promise<void>,
): Promise<void> {
  const generation = await TestGeneration.create(database.pool, anomalies, { batchSize: 11 });
  try {
    await generation.apply(events);
    await check(generation);
  } finally {
    await generation.close();
  }
}

const ids = (rows: { order_id: string }[]) => rows.map((row) => row.order_id);

describe('anomalies of any orders', () => {
  it('keep populations and buckets that are those of the valid orders', async () => {
    await fc.assert(
      fc.asyncProperty(shop(true), (log) =>
        afterFolding(log, async (generation) => {
          const cancelled = new Set(
            log.events.flatMap((event) => (event.type === 'OrderCancelled' ? [event.stream] : [])),
          );
          const valid = log.events.flatMap((event) =>
            event.type === 'OrderPlaced' && !cancelled.has(event.stream) ? [event] : [],
          );
          expect(await generation.rows('SELECT * FROM anomaly_orders ORDER BY position')).toEqual(
            valid.map(({ data, position, occurredAt }) => ({
              order_id: data.orderId,
              currency: data.currency,
              amount: String(data.total),
              log_bucket: logBucket(data.total),
              position,
              placed_at: new Date(occurredAt),
            })),
          );
          expect(
            await generation.rows(
              `SELECT p.* FROM anomaly_population p
                 LEFT JOIN (SELECT currency, count(*) AS n, sum(amount::numeric) AS s,
                                   sum(amount::numeric * amount) AS q
                              FROM anomaly_orders GROUP BY currency) o USING (currency)
                WHERE (population, sum, sum_squares) <> (coalesce(n, 0), coalesce(s, 0), coalesce(q, 0))`,
            ),
          ).toEqual([]);
          expect(await generation.rows(`${BUCKETS} ORDER BY currency, log_bucket`)).toEqual(
            await generation.rows(
              `SELECT currency, log_bucket, count(*) AS orders FROM anomaly_orders WHERE amount > 0
                GROUP BY currency, log_bucket ORDER BY currency, log_bucket`,
            ),
          );
        }),
      ),
      RUNS,
    );
  });

  it('flag NOW what stddev_samp flags', async () => {
    await fc.assert(
      fc.asyncProperty(shop(true, ['GBP']), threshold, (log, t) =>
        afterFolding(log, async (generation) => {
          const expected = await generation.rows<{ order_id: string }>(
            `SELECT order_id FROM anomaly_orders,
                    (SELECT avg(amount::numeric) AS mean, stddev_samp(amount::numeric) AS sd
                       FROM anomaly_orders) s
              WHERE sd > 0 AND abs((amount - mean) / sd) > $1::numeric ORDER BY position`,
            [t],
          );
          const [population] = await generation.rows<{ n: string; s: string; q: string }>(
            'SELECT population AS n, sum AS s, sum_squares AS q FROM anomaly_population',
          );
          const { n, s, q } = population ?? { n: 0, s: 0, q: 0 };
          const found = bounds(BigInt(n), BigInt(s), BigInt(q), t);
          const flagged = found
            ? await generation.rows<{ order_id: string }>(
                'SELECT order_id FROM anomaly_orders WHERE amount < $1 OR amount > $2 ORDER BY position',
                [found.low.toString(), found.high.toString()],
              )
            : [];
          expect(ids(flagged)).toEqual(ids(expected));
        }),
      ),
      RUNS,
    );
  });

  it('flag AT_ARRIVAL what a window over all earlier orders flags', async () => {
    await fc.assert(
      fc.asyncProperty(shop(false), threshold, (log, t) =>
        afterFolding(log, async (generation) => {
          const expected = await generation.rows<{ order_id: string }>(
            `SELECT order_id FROM (
               SELECT order_id, position, amount, count(*) OVER w AS n, avg(amount::numeric) OVER w AS mean,
                      stddev_samp(amount::numeric) OVER w AS sd
                 FROM anomaly_orders
               WINDOW w AS (PARTITION BY currency ORDER BY position
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
             ) o WHERE n >= 6 AND sd > 0 AND abs((amount - mean) / sd) > greatest($1::numeric, 1)
               ORDER BY position`,
            [t],
          );
          const flagged = await generation.rows<{ order_id: string }>(
            'SELECT order_id FROM anomaly_arrivals WHERE abs(z_score) > $1::numeric ORDER BY position',
            [t],
          );
          expect(ids(flagged)).toEqual(ids(expected));
        }),
      ),
      RUNS,
    );
  });

  it('hold every arrival against the orders that were valid then, cancelled later or not', async () => {
    await fc.assert(
      fc.asyncProperty(shop(true), (log) =>
        afterFolding(log, async (generation) => {
          const posted = log.events.flatMap(({ type, position, data }) =>
            type === 'OrderPlaced' || type === 'OrderCancelled' ? [{ type, position, data }] : [],
          );
          const expected = await generation.rows(
            `WITH posted AS (
               SELECT p->>'position' AS position, p->'data'->>'orderId' AS order_id,
                      p->'data'->>'currency' AS currency,
                      p->>'type' = 'OrderPlaced' AS placed, (p->'data'->>'total')::numeric AS x,
                      CASE p->>'type' WHEN 'OrderPlaced' THEN 1 ELSE -1 END AS sign
                 FROM json_array_elements($1::json) p
             ), summed AS (
               SELECT *, sum(sign) OVER w AS n, sum(sign * x) OVER w AS s,
                      sum(sign * x * x) OVER w AS q FROM posted
               WINDOW w AS (PARTITION BY currency ORDER BY position COLLATE "C"
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
             ), judged AS (
               SELECT *, n * x - s AS distance, (n - 1)::numeric AS freedom,
                      n * (n * q - s * s) AS spread FROM summed
             )
             SELECT position, order_id, x::text AS amount, n::text AS population, s::text AS sum,
                    q::text AS sum_squares,
                    (sign(distance)
                      * ceil(1000000 * sqrt(distance * distance * freedom / spread::numeric(80, 40)))
                     * 0.000001)::numeric(40, 6)::text AS z_score
               FROM judged
              WHERE placed AND n >= 6 AND spread > 0 AND distance * distance * freedom > spread
              ORDER BY position COLLATE "C"`,
            [JSON.stringify(posted)],
          );
          const found = await generation.rows(
            `SELECT position, order_id, amount::text, population::text, sum::text, sum_squares::text,
                    z_score::text
               FROM anomaly_arrivals ORDER BY position`,
          );
          expect(found).toEqual(expected);
        }),
      ),
      RUNS,
    );
  });

  it('flag ROBUST what medians over all orders flag', async () => {
    await fc.assert(
      fc.asyncProperty(shop(true, ['GBP']), threshold, (log, t) =>
        afterFolding(log, async (generation) => {
          const expected = await generation.rows<{ order_id: string }>(
            `WITH valid AS (SELECT * FROM anomaly_orders WHERE amount > 0),
             middle AS (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY log_bucket)::numeric AS m,
                              count(*) AS n FROM valid),
             spread AS (SELECT percentile_cont(0.5)
                               WITHIN GROUP (ORDER BY abs(log_bucket - m))::numeric AS mad
                          FROM valid, middle)
             SELECT order_id FROM valid, middle, spread
              WHERE n >= 30 AND mad > 0 AND 0.6745 * (log_bucket - m) > $1::numeric * mad ORDER BY position`,
            [t],
          );
          const buckets = await generation.rows<{ bucket: number; orders: number }>(
            `SELECT log_bucket AS bucket, orders::int FROM (${BUCKETS}) b`,
          );
          const flagged = await generation.rows<{ order_id: string }>(
            'SELECT order_id FROM anomaly_orders WHERE log_bucket >= $1 ORDER BY position',
            [robustCut(buckets, t).cut],
          );
          expect(ids(flagged)).toEqual(ids(expected));
        }),
      ),
      RUNS,
    );
  });

  it('are the same however the log is cut into batches', async () => {
    await fc.assert(
      fc.asyncProperty(shop(true), async ({ events }) => {
        const whole = await hashesAfter(database.pool, anomalies, events);
        expect(await hashesAfter(database.pool, anomalies, events, { batchSize: 1 })).toEqual(whole);
        for (const batchSize of [1, 7, events.length])
          expect(
            await hashesAfter(database.pool, anomalies, events, { bulk: true, reopen: true, batchSize }),
          ).toEqual(whole);
        const reopened = { batchSize: 7, reopen: true };
        expect(await hashesAfter(database.pool, anomalies, events, reopened)).toEqual(whole);
      }),
      RUNS,
    );
  });
});

describe('the anomalies read model', () => {
  let generation: TestGeneration;
  beforeEach(async () => {
    generation = await TestGeneration.create(database.pool, anomalies);
  });
  afterEach(() => generation.close());

  it('judges nobody before the seventh order of a currency', async () => {
    const log = eventLog();
    for (const price of [10, 11, 12, 13, 14, 9000]) log.place({ lines: [{ price }] });
    log.place({ currency: 'EUR', lines: [{ price: 1_000_000 }] });
    const seventh = log.place({ lines: [{ price: 20_000 }], shipping: 50 });
    await generation.apply(log.events);
    expect(await generation.rows('SELECT * FROM anomaly_arrivals')).toEqual([
      {
        position: seventh.position,
        order_id: seventh.data.orderId,
        currency: 'GBP',
        amount: '20050',
        population: '6',
        sum: '9060',
        sum_squares: '81000730',
        z_score: '5.052686',
        placed_at: new Date(seventh.occurredAt),
      },
    ]);
  });

  it.each([
    [12, []],
    [13, ['1.500000']],
    [14, ['2.000000']],
    [8, []],
    [7, ['-1.500000']],
  ])('scores %d against a mean of 10 and a deviation of 2 exactly', async (price, scores) => {
    const log = eventLog();
    for (const earlier of [11, 11, 11, 11, 6, 10]) log.place({ lines: [{ price: earlier }] });
    log.place({ lines: [{ price }] });
    await generation.apply(log.events);
    const rows = await generation.rows<{ z_score: string }>('SELECT z_score FROM anomaly_arrivals');
    expect(rows.map((row) => row.z_score)).toEqual(scores);
  });

  it('keeps what it said of an order when that order is cancelled', async () => {
    const log = eventLog();
    for (const price of [10, 20, 10, 20, 10, 20]) log.place({ lines: [{ price }] });
    const { orderId } = log.place({ lines: [{ price: 500 }] }).data;
    log.cancel(orderId);
    await generation.apply(log.events);
    expect(ids(await generation.rows('SELECT order_id FROM anomaly_arrivals'))).toEqual([orderId]);
    expect(await generation.rows('SELECT * FROM anomaly_population')).toEqual([
      { currency: 'GBP', population: '6', sum: '90', sum_squares: '1500' },
    ]);
  });

  it('has no score where all earlier orders were alike', async () => {
    const log = eventLog();
    for (let i = 0; i < 8; i += 1) log.place();
    log.place({ lines: [{ price: 99_999 }] });
    await generation.apply(log.events);
    expect(await generation.rows('SELECT * FROM anomaly_arrivals')).toEqual([]);
  });

  it('refuses to cancel what it does not have, and goes on from its tables', async () => {
    const log = eventLog();
    const { orderId } = log.place().data;
    const cancelled = log.cancel(orderId);
    await expect(generation.apply([cancelled])).rejects.toThrow(EventRefusedError);
    await generation.apply(log.events);
    await expect(generation.apply([cancelled])).rejects.toThrow(EventRefusedError);
    expect(await generation.rows('SELECT * FROM anomaly_population')).toEqual([
      { currency: 'GBP', population: '0', sum: '0', sum_squares: '0' },
    ]);
  });

  it.each([
    ['a cancellation of an order that was never placed', [1]],
    ['a cancellation that comes before its order', [1, 0]],
    ['a second cancellation', [0, 1, 2]],
    ['an order that is there already', [0, 3]],
  ])('refuse %s at the end of a bulk build', async (_, taken) => {
    const log = eventLog();
    const placed = log.place({ orderId: 'a' });
    const events = [placed, log.cancel('a'), log.cancel('a'), placed];
    const bulk = await TestGeneration.create(database.pool, anomalies, { bulk: true, batchSize: 1 });
    await bulk.apply(
      taken.map(
        (which, at) => ({ ...events[which], position: String(at).padStart(20, '0') }) as RecordedEvent,
      ),
    );
    await expect(bulk.complete()).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
    await bulk.close();
  });

  it('refuses an order that is there already, and a second cancellation, within a batch', async () => {
    const log = eventLog();
    const placed = log.place();
    await generation.apply([log.place({ orderId: 'x' })]);
    const cancelled = log.cancel('x');
    await expect(generation.apply([placed, placed])).rejects.toThrow(EventRefusedError);
    await expect(generation.apply([cancelled, cancelled])).rejects.toThrow(EventRefusedError);
  });
});
