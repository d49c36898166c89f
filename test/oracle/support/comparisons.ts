import type { Pool } from 'pg';
import { readBaseline } from '../../../src/graphql/queries/population';
import type { Anomaly } from '../../../src/graphql/types/anomaly.type';
import {
  arrivalAnomalies,
  BUCKET_COUNTS,
  DOUBTFUL_BUCKETS,
  nowAnomalies,
  POPULATION,
  plainAnomalies,
  robustAnomalies,
} from './anomalies.sql';
import { type Duck, toLine } from './duckdb';
import { type Fraction, isRounded, isRoundedRoot } from './exact';
import {
  answeredAnomalies,
  answeredRevenue,
  answeredRfm,
  answeredRfmSummary,
  READ,
  readLines,
} from './read-models';
import {
  CATEGORY_REVENUE,
  REVENUE,
  revenueBetween,
  UNCONVERTED_REVENUE,
  unconvertedBetween,
} from './revenue.sql';
import { CUSTOMERS, RFM, RFM_SUMMARY } from './rfm.sql';
import { expectSameRows } from './same-rows';

/** The program and the oracle over the same inputs. */
export interface Sides {
  pool: Pool;
  duck: Duck;
}

/**
 * Compares every row of the sales tables, and the query's answers for each month and for all time. The first
 * currency is the reporting one.
 */
export async function compareRevenue({ pool, duck }: Sides, currencies: readonly string[]): Promise<void> {
  expectSameRows(await readLines(pool, READ.categoryRevenue), await duck.lines(CATEGORY_REVENUE));
  expectSameRows(await readLines(pool, READ.revenue), await duck.lines(REVENUE));
  expectSameRows(await readLines(pool, READ.unconvertedRevenue), await duck.lines(UNCONVERTED_REVENUE));
  const periods = await duck.rows(`
    SELECT min(processed_day), max(processed_day) FROM sale_lines GROUP BY date_trunc('month', processed_day)
     UNION ALL SELECT min(processed_day), max(processed_day) FROM sale_lines HAVING count(*) > 0`);
  for (const [from, to] of periods as [string, string][]) {
    for (const clock of ['PROCESSED', 'ORDERED'] as const) {
      const unconverted = await duck.lines(unconvertedBetween(clock, from, to));
      for (const [index, currency] of currencies.entries()) {
        const isReporting = index === 0;
        const answered = await answeredRevenue(pool, currency, isReporting, { clock, from, to });
        expectSameRows(answered.sales, await duck.lines(revenueBetween(clock, currency, from, to)));
        expectSameRows(answered.unconverted, isReporting ? unconverted : []);
      }
    }
  }
}

/** Compares every customer's measures, scores, segment and tier, and the sums over them. */
export async function compareRfm({ pool, duck }: Sides): Promise<void> {
  expectSameRows(await readLines(pool, READ.customers), await duck.lines(CUSTOMERS));
  expectSameRows(await answeredRfm(pool), await duck.lines(RFM));
  expectSameRows(await answeredRfmSummary(pool), await duck.lines(RFM_SUMMARY));
}

interface Population {
  n: bigint;
  sum: bigint;
  sumSquares: bigint;
}

/** Thresholds, each with ten times its value. */
const THRESHOLDS = [
  ['1.5', 15],
  ['2', 20],
  ['2.5', 25],
  ['3', 30],
] as const;

/**
 * Compares baseline and lists on basis NOW, of one currency.
 * @param options.plain also compares with floating point, which is wrong where a score is exactly the
 *   threshold
 * @returns the number of anomalies at the threshold of 2
 */
export async function compareNow(
  sides: Sides,
  currency: string,
  minorDigits: number,
  { plain = true } = {},
): Promise<number> {
  const { pool, duck } = sides;
  expectSameRows(await readLines(pool, READ.population), await duck.lines(POPULATION));
  const [row] = await duck.rows(`SELECT n, s, q FROM (${POPULATION}) WHERE currency = '${currency}'`);
  const population = toPopulation(row ?? ['0', '0', '0']);
  await compareBaseline(pool, currency, minorDigits, population);
  let anomalies = 0;
  for (const [threshold, tenths] of THRESHOLDS) {
    const answered = await answeredAnomalies(pool, currency, 'NOW', threshold);
    expectSameRows(
      answered.anomalies.map(({ orderId }) => orderId),
      await duck.lines(nowAnomalies(currency, tenths)),
    );
    expect(answered.totalCount).toBe(answered.anomalies.length);
    for (const anomaly of answered.anomalies) expectJudged(anomaly, population, minorDigits);
    if (plain) await comparePlain(duck, currency, Number(threshold), answered.anomalies);
    if (tenths === 20) anomalies = answered.totalCount;
  }
  return anomalies;
}

/** The list and its scores as the floating point statement has them. */
async function comparePlain(
  duck: Duck,
  currency: string,
  threshold: number,
  anomalies: Anomaly[],
): Promise<void> {
  const plain = new Map((await duck.rows(plainAnomalies(currency, threshold))) as [string, string][]);
  expectSameRows(
    anomalies.map(({ orderId }) => orderId),
    [...plain.keys()],
  );
  for (const { orderId, zScore } of anomalies) expect(zScore).toBeCloseTo(Number(plain.get(orderId)), 6);
}

async function compareBaseline(
  pool: Pool,
  currency: string,
  minorDigits: number,
  population: Population,
): Promise<void> {
  const { n, sum, sumSquares } = population;
  const baseline = await readBaseline(pool, currency, '2');
  expect(baseline.population).toBe(Number(n));
  if (n < 2n) return;
  const unit = 10n ** BigInt(minorDigits);
  const [low, high] = [Number(baseline.low), Number(baseline.high)];
  expectRounded(baseline.mean, { numerator: sum, denominator: n * unit });
  expectRoundedRoot(baseline.standardDeviation, deviationSquare(population, unit));
  const mean = Number(sum) / Number(n) / Number(unit);
  const deviation = Math.sqrt(Number(n * sumSquares - sum * sum) / Number(n) / Number(n - 1n)) / Number(unit);
  expect(low).toBeCloseTo(mean - 2 * deviation, 3);
  expect(high).toBeCloseTo(mean + 2 * deviation, 3);
}

/**
 * Compares the list on basis AT_ARRIVAL, with the population of each order.
 * @returns the number of anomalies at the threshold of 2
 */
export async function compareArrivals(
  { pool, duck }: Sides,
  digitsOf: (currency: string) => number,
): Promise<number> {
  const stored = await duck.rows(arrivalAnomalies(10));
  expectSameRows(await readLines(pool, READ.arrivals), stored.map(toLine));
  const expected = await duck.rows(arrivalAnomalies(20));
  const judged = new Map(expected.map(([id = '', , , ...rest]) => [id as string, toPopulation(rest)]));
  let count = 0;
  for (const currency of new Set(stored.map((row) => row[1] as string))) {
    const { totalCount, anomalies } = await answeredAnomalies(pool, currency, 'AT_ARRIVAL', '2');
    expectSameRows(
      anomalies.map(({ orderId }) => orderId),
      expected.filter((row) => row[1] === currency).map(([id]) => id as string),
    );
    expect(totalCount).toBe(anomalies.length);
    for (const anomaly of anomalies) {
      expectJudged(anomaly, judged.get(anomaly.orderId) as Population, digitsOf(currency));
    }
    count += totalCount;
  }
  return count;
}

/**
 * Compares the buckets, and the list on basis ROBUST.
 * @returns the ids in the list
 */
export async function compareRobust({ pool, duck }: Sides, currency: string): Promise<string[]> {
  expect(await duck.lines(DOUBTFUL_BUCKETS)).toEqual([]);
  expectSameRows(await readLines(pool, READ.buckets), await duck.lines(BUCKET_COUNTS));
  const { totalCount, anomalies } = await answeredAnomalies(pool, currency, 'ROBUST', '3.5');
  const ids = anomalies.map(({ orderId }) => orderId);
  expectSameRows(ids, await duck.lines(robustAnomalies(currency)));
  expect(totalCount).toBe(ids.length);
  return ids;
}

/** Checks that an anomaly shows the mean, deviation and score of its population. */
function expectJudged(anomaly: Anomaly, population: Population, minorDigits: number): void {
  const { n, sum, sumSquares } = population;
  const unit = 10n ** BigInt(minorDigits);
  expect(anomaly.population).toBe(Number(n));
  expectRounded(anomaly.mean, { numerator: sum, denominator: n * unit });
  expectRoundedRoot(anomaly.standardDeviation, deviationSquare(population, unit));
  const distance = n * BigInt(anomaly.amount.replace('.', '')) - sum;
  const score = anomaly.zScore.toFixed(9);
  expect(score.startsWith('-')).toBe(distance < 0n);
  expectRoundedRoot(score.replace('-', ''), {
    numerator: distance * distance * (n - 1n),
    denominator: n * (n * sumSquares - sum * sum),
  });
}

const deviationSquare = ({ n, sum, sumSquares }: Population, unit: bigint): Fraction => ({
  numerator: n * sumSquares - sum * sum,
  denominator: n * (n - 1n) * unit * unit,
});

function toPopulation([n, sum, sumSquares]: readonly (string | null)[]): Population {
  return { n: BigInt(n ?? 0), sum: BigInt(sum ?? 0), sumSquares: BigInt(sumSquares ?? 0) };
}

function expectRounded(text: string | null, fraction: Fraction): void {
  expect({ text, rounded: text !== null && isRounded(text, fraction) }).toEqual({ text, rounded: true });
}

function expectRoundedRoot(text: string | null, square: Fraction): void {
  expect({ text, rounded: text !== null && isRoundedRoot(text, square) }).toEqual({ text, rounded: true });
}
