import type { Pool } from 'pg';
import { leastAmount } from '../../domain/log-bucket';
import { AMOUNT_LIMIT } from '../../domain/money';
import { robustCut, robustScore } from '../../domain/robust-statistics';
import { bounds, zScore } from '../../domain/statistics';
import { namesOf, omit, type Row } from '../../postgres/table';
import { anomalyOrdersTable } from '../../projections/read-models/anomalies/tables';
import type { Anomaly, AnomalyConnection } from '../types/anomaly.type';
import { readArrivals } from './anomaly-arrivals.query';
import { type AnomalyConditions, anomalyView, type Judged, SCORE_DIGITS } from './anomaly-view';
import { connectionFrom, type Page, placedBefore, placedKey } from './cursor';
import { type Population, readPopulation } from './population';
import { type AsOfRow, asOf, inSnapshot, type Reader, readRows } from './snapshot';

const flaggedColumns = omit(anomalyOrdersTable.columns, 'currency');

type FlaggedRow = Row<typeof flaggedColumns>;

/**
 * A page of anomalies, the last order placed first (AT_ARRIVAL: the last one that arrived), and how many
 * there are on all pages.
 */
export function readAnomalies(
  pool: Pool,
  conditions: AnomalyConditions,
  page: Page,
): Promise<AnomalyConnection> {
  if (conditions.basis === 'AT_ARRIVAL') return readArrivals(pool, conditions, page);
  return inSnapshot(pool, ['anomaly_population', 'anomaly_orders', 'anomaly_buckets'], (reader) =>
    conditions.basis === 'NOW'
      ? readAgainstNow(reader, conditions, page)
      : readRobust(reader, conditions, page),
  );
}

/** How many anomalies of each currency there are on basis NOW; none where the map has no entry. */
export async function countAnomalies(
  reader: Reader,
  populations: ReadonlyMap<string | null, Population>,
  threshold: string,
): Promise<Map<string | null, number>> {
  const ranges = Array.from(populations).flatMap(([currency, { n, sum, sumSquares }]) => {
    const limits = bounds(n, sum, sumSquares, threshold);
    return limits === null ? [] : [[currency, ...asAmounts(limits)] as const];
  });
  const rows = await readRows<{ currency: string; count: string }>(
    reader,
    `SELECT w.currency, (SELECT count(*) FROM read.anomaly_orders o
                          WHERE o.currency = w.currency AND (o.amount < w.low OR o.amount > w.high)) AS count
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS w(currency, low, high)`,
    [0, 1, 2].map((column) => ranges.map((range) => range[column])),
  );
  return new Map(rows.map(({ currency, count }) => [currency, Number(count)]));
}

/** These are ranges of the index by amount. */
const BEYOND = '(amount < $2::bigint OR amount > $3::bigint)';
const ABOVE = 'amount >= $2::bigint';

/**
 * Bounds as values of the amount column. One that lies beyond every amount that an order may have is met by
 * none.
 */
function asAmounts({ low, high }: { low: bigint; high: bigint }): [string, string] {
  const limit = BigInt(AMOUNT_LIMIT);
  return [String(low < -limit ? -limit : low), String(high > limit ? limit : high)];
}

async function readAgainstNow(
  reader: Reader,
  { currency, threshold, basis }: AnomalyConditions,
  page: Page,
): Promise<AnomalyConnection> {
  const { row, ...population } = await readPopulation(reader, currency);
  const { n, sum, sumSquares } = population;
  const limits = bounds(n, sum, sumSquares, threshold);
  if (limits === null || currency === null) return emptyPage(page, row);
  const values = [currency, ...asAmounts(limits)];
  const flagged = await readFlagged(reader, BEYOND, values, page);
  const judge = (order: FlaggedRow): Judged => ({
    ...commonOf(order, currency),
    basis,
    population,
    score: Number(zScore(n, sum, sumSquares, BigInt(order.amount), SCORE_DIGITS)),
  });
  return {
    ...connectionFrom(
      flagged.map((order) => anomalyView(judge(order))),
      page,
      placedKey,
      asOf(row),
    ),
    totalCount: await countFlagged(reader, BEYOND, values),
  };
}

async function readRobust(
  reader: Reader,
  { currency, threshold, basis }: AnomalyConditions,
  page: Page,
): Promise<AnomalyConnection> {
  const { row, ...population } = await readPopulation(reader, currency);
  const buckets = await readRows<{ bucket: string; orders: number }>(
    reader,
    `SELECT b.first_bucket + o.ordinality - 1 AS bucket, o.orders
       FROM read.anomaly_buckets b, unnest(b.orders) WITH ORDINALITY AS o(orders, ordinality)
      WHERE b.currency = $1 AND o.orders > 0`,
    [currency],
  );
  const cut = robustCut(
    buckets.map(({ bucket, orders }) => ({ bucket: Number(bucket), orders })),
    threshold,
  );
  if (cut.cut === null || currency === null) return emptyPage(page, row);
  // Buckets rise with the amount: the index by amount serves.
  const values = [currency, Math.min(leastAmount(cut.cut), AMOUNT_LIMIT)];
  const flagged = await readFlagged(reader, ABOVE, values, page);
  const judge = (order: FlaggedRow): Judged => ({
    ...commonOf(order, currency),
    basis,
    population,
    score: robustScore(order.log_bucket, cut) ?? 0,
    medianBucket: cut.medianBucket ?? 0,
    judged: cut.population,
  });
  return {
    ...connectionFrom(
      flagged.map((order) => anomalyView(judge(order))),
      page,
      placedKey,
      asOf(row),
    ),
    totalCount: await countFlagged(reader, ABOVE, values),
  };
}

/** Those of `read.anomaly_orders` that meet a condition on $1 = currency, $2 and on. */
function readFlagged(
  reader: Reader,
  condition: string,
  values: readonly unknown[],
  page: Page,
): Promise<FlaggedRow[]> {
  const next = values.length + 1;
  return readRows(
    reader,
    `SELECT ${namesOf(flaggedColumns)} FROM read.anomaly_orders
      WHERE currency = $1 AND ${condition}
        AND ($${next}::timestamptz IS NULL OR (placed_at, position) < ($${next}, $${next + 1}))
      ORDER BY placed_at DESC, position DESC LIMIT $${next + 2}`,
    [...values, ...placedBefore(page), page.first + 1],
  );
}

async function countFlagged(reader: Reader, condition: string, values: readonly unknown[]): Promise<number> {
  const [row] = await readRows<{ count: string }>(
    reader,
    `SELECT count(*) FROM read.anomaly_orders WHERE currency = $1 AND ${condition}`,
    [...values],
  );
  return Number(row?.count ?? 0);
}

function commonOf(order: FlaggedRow, currency: string) {
  return {
    orderId: order.order_id,
    currency,
    amount: BigInt(order.amount),
    position: order.position,
    placedAt: order.placed_at.getTime(),
  };
}

const emptyPage = (page: Page, row: AsOfRow | undefined): AnomalyConnection => ({
  ...connectionFrom<Anomaly>([], page, placedKey, asOf(row)),
  totalCount: 0,
});
