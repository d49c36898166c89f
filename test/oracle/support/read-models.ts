import type { Pool } from 'pg';
import { readAnomalies } from '../../../src/graphql/queries/anomalies.query';
import { readCategoryRevenue } from '../../../src/graphql/queries/category-revenue.query';
import { readRfmScores, readRfmSummary } from '../../../src/graphql/queries/rfm.query';
import type { Anomaly } from '../../../src/graphql/types/anomaly.type';
import type { AnomalyBasis, Clock } from '../../../src/graphql/types/enums';
import { projections } from '../../../src/projections/read-models/catalogue';
import { hashTable } from '../../../src/projections/rebuild/compare-tables';
import { toLine } from './duckdb';

/** The rows of a query over the published read models, in the oracle's form: one line of text each. */
export async function readLines(pool: Pool, sql: string): Promise<string[]> {
  const { rows } = await pool.query<Record<string, unknown>>(sql);
  return rows.map((row) => toLine(Object.values(row)));
}

const TABLE_SUMS =
  'gross::text, discounts::text, returns::text, units::text, units_returned::text, orders::text';

export const READ = {
  categoryRevenue: `
    SELECT clock, currency, converted, day::text, category, ${TABLE_SUMS} FROM read.category_revenue`,
  revenue: `SELECT clock, currency, converted, day::text, ${TABLE_SUMS} FROM read.revenue`,
  unconvertedRevenue: `
    SELECT clock, currency, day::text, gross::text, discounts::text, returns::text, orders::text,
           documents::text
      FROM read.unconverted_revenue`,
  population: `
    SELECT currency, population::text, sum::text, sum_squares::text
      FROM read.anomaly_population WHERE population > 0`,
  buckets: `
    SELECT currency, (first_bucket + i - 1)::text AS log_bucket, n::text AS orders
      FROM read.anomaly_buckets, unnest(orders) WITH ORDINALITY AS o(n, i) WHERE n > 0`,
  arrivals: `
    SELECT order_id, currency, amount::text, population::text, sum::text, sum_squares::text
      FROM read.anomaly_arrivals`,
  customers: `
    SELECT customer_id, (extract(epoch FROM last_order_at) * 1000)::bigint::text, frequency::text,
           monetary::text, unconverted::text
      FROM read.rfm_customers`,
};

const SALES_OF_VIEWS = `
  sum(gross)::text AS gross, sum(discounts)::text AS discounts, sum(returns)::text AS returns,
  (sum(gross) - sum(discounts) - sum(returns))::text AS net, sum(units)::text AS units,
  sum(units_returned)::text AS units_returned`;

/** Cancelled orders leave rows of zeros, which the views leave out. */
const NOT_CANCELLED = 'HAVING sum(units) <> 0 OR sum(units_returned) <> 0';

const REPEATED = `
  SELECT customer_id, frequency::text, monetary::text FROM read.rfm_customers WHERE frequency > 1`;

/** The tables of the read models, summed as the warehouse's views are: lines of `VIEW`. */
export const READ_AS_VIEWS = {
  categoryRevenue: `
    SELECT category, currency, ${SALES_OF_VIEWS}, sum(orders)::text AS orders
      FROM read.category_revenue WHERE clock = 'PROCESSED' AND NOT converted
     GROUP BY category, currency ${NOT_CANCELLED}`,
  monthlySales: `
    SELECT date_trunc('month', day)::date::text AS month, category, currency, ${SALES_OF_VIEWS},
           sum(orders)::text AS orders
      FROM read.category_revenue WHERE clock = 'ORDERED' AND NOT converted
     GROUP BY 1, category, currency ${NOT_CANCELLED}`,
  salesByCurrency: `
    SELECT currency, ${SALES_OF_VIEWS}
      FROM read.revenue WHERE clock = 'PROCESSED' AND NOT converted GROUP BY currency ${NOT_CANCELLED}`,
  productsOrdered: `
    SELECT line ->> 'productId' AS product_id, currency, sum((line ->> 'gross')::numeric)::text AS gross,
           sum((line ->> 'discount')::numeric)::text AS discounts,
           sum((line ->> 'quantity')::numeric)::text AS units,
           count(DISTINCT order_id)::text AS orders
      FROM read.orders
      JOIN read.order_events USING (order_id), json_array_elements(lines::json) AS line
     WHERE status <> 'CANCELLED' GROUP BY 1, currency`,
  repeatCustomers: REPEATED,
  multiRegionCustomers: `
    SELECT customer_id, places::text, frequency, monetary
      FROM (${REPEATED}) repeated
      JOIN (SELECT customer_id, count(DISTINCT (country, region)) AS places
              FROM read.orders WHERE status <> 'CANCELLED' GROUP BY customer_id) o USING (customer_id)
     WHERE places > 1`,
};

/** A clock, and the first and last day. */
export interface Period {
  clock: Clock;
  from: string;
  to: string;
}

/**
 * The answer of `categoryRevenue`: lines of `revenueBetween`, where the total has no category, and of
 * `unconvertedBetween`.
 */
export async function answeredRevenue(
  pool: Pool,
  currency: string,
  isReporting: boolean,
  period: Period,
): Promise<{ sales: string[]; unconverted: string[] }> {
  const answer = await readCategoryRevenue(pool, {
    ...period,
    currency,
    isReporting,
    first: null,
    after: null,
  });
  const money = (row: Record<'gross' | 'discounts' | 'returns' | 'net', string>) =>
    [row.gross, row.discounts, row.returns, row.net].map(minorUnits);
  return {
    sales: [...answer.rows, { category: '', ...answer.total }].map((row) =>
      toLine([row.category, ...money(row), row.units, row.unitsReturned, row.orders]),
    ),
    unconverted: answer.unconverted.map((row) =>
      toLine([row.currency, ...money(row), row.orders, row.documents]),
    ),
  };
}

/** Every page of a list of anomalies. */
export async function answeredAnomalies(
  pool: Pool,
  currency: string,
  basis: AnomalyBasis,
  threshold: string,
): Promise<{ totalCount: number; anomalies: Anomaly[] }> {
  const anomalies: Anomaly[] = [];
  for (let after: string | null = null; ; ) {
    const page = await readAnomalies(pool, { currency, basis, threshold }, { first: 100, after });
    anomalies.push(...page.edges.map(({ node }) => node));
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) return { totalCount: page.totalCount, anomalies };
    after = Buffer.from(endCursor ?? '', 'base64url').toString();
  }
}

/** Scores, segment and tier of every customer that has them, as lines of `RFM`. */
export async function answeredRfm(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ customer_id: string }>('SELECT customer_id FROM read.rfm_customers');
  const scores = await readRfmScores(
    pool,
    rows.map((row) => row.customer_id),
  );
  return [...scores].map(
    ([id, { recency, frequency, monetary, recencyScore, frequencyScore, monetaryScore, segment, tier }]) =>
      toLine([
        id,
        recency,
        frequency,
        minorUnits(monetary),
        recencyScore,
        frequencyScore,
        monetaryScore,
        segment,
        tier,
      ]),
  );
}

/** Customers and money of the segments and tiers that have any, as lines of `RFM_SUMMARY`. */
export async function answeredRfmSummary(pool: Pool): Promise<string[]> {
  const { segments, tiers } = await readRfmSummary(pool);
  return [
    ...segments.map(({ segment, customers, monetary }) => ({ name: segment as string, customers, monetary })),
    ...tiers.map(({ tier, customers, monetary }) => ({ name: tier as string, customers, monetary })),
  ]
    .filter(({ customers }) => customers > 0)
    .map(({ name, customers, monetary }) => toLine([name, customers, minorUnits(monetary)]));
}

/** Number and hash of the rows of every published table. */
export async function publishedHashes(pool: Pool): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const { tables } of projections) {
    for (const table of tables) {
      const { rows, hash } = await hashTable(pool, `read.${table}`);
      hashes[table] = `${rows} rows ${hash}`;
    }
  }
  return hashes;
}

/** A decimal string without its point: '-12.30' is -1230. */
export function minorUnits(decimal: string): string {
  return BigInt(decimal.replace('.', '')).toString();
}
