import { SEGMENTS, segmentOf, TIERS, tierOf } from '../../domain/rfm';
import type { Row } from '../../postgres/table';
import type { rfmCustomersTable } from '../../projections/read-models/rfm/tables';
import type { RfmScores } from '../types/customer.type';
import type { RfmSummary } from '../types/rfm-summary.type';
import { amount } from './amounts';
import { SCORED_CUSTOMERS } from './rfm-scores';
import { AS_OF, type AsOfRow, asOf, type Reader, readRows } from './snapshot';

interface ScoresRow extends AsOfRow, Row<typeof rfmCustomersTable.columns> {
  /** only customers with a valid order have scores */
  last_order_at: Date;
  recency_score: number;
  frequency_score: number;
  monetary_score: number;
  tier_bucket: number;
  reporting_currency: string | null;
}

/** Scores by customer; a customer without a valid order has none. */
export async function readRfmScores(reader: Reader, ids: readonly string[]): Promise<Map<string, RfmScores>> {
  const rows = await readRows<ScoresRow>(
    reader,
    `SELECT ${AS_OF}, s.*, t.reporting_currency
       FROM read.projections p JOIN (${SCORED_CUSTOMERS}) s ON s.customer_id = ANY($1)
       LEFT JOIN read.rfm_totals t ON true
      WHERE p.projection = 'rfm'`,
    [ids],
  );
  return new Map(rows.map((row) => [row.customer_id, scoresView(row)]));
}

function scoresView(row: ScoresRow): RfmScores {
  return {
    recency: row.last_order_at.getTime(),
    frequency: row.frequency,
    monetary: amount(row.monetary, row.reporting_currency),
    recencyScore: row.recency_score,
    frequencyScore: row.frequency_score,
    monetaryScore: row.monetary_score,
    segment: segmentOf(row.recency_score, row.frequency_score),
    tier: tierOf(row.tier_bucket),
    unconverted: row.unconverted,
    asOf: asOf(row),
  };
}

interface CellRow extends AsOfRow {
  reporting_currency: string | null;
  recency_score: number | null;
  frequency_score: number | null;
  tier_bucket: number | null;
  customers: string | null;
  monetary: string | null;
}

/** All segments and tiers with how many customers and how much money each has. */
export async function readRfmSummary(reader: Reader): Promise<RfmSummary> {
  const rows = await readRows<CellRow>(
    reader,
    `SELECT ${AS_OF}, t.reporting_currency, s.*
       FROM read.projections p
       LEFT JOIN (
         SELECT recency_score, frequency_score, tier_bucket, count(*) AS customers, sum(monetary) AS monetary
           FROM (${SCORED_CUSTOMERS}) c GROUP BY 1, 2, 3) s ON true
       LEFT JOIN read.rfm_totals t ON true
      WHERE p.projection = 'rfm'`,
    [],
  );
  const currency = rows[0]?.reporting_currency ?? null;
  const sums = new Map<string, { customers: number; monetary: bigint }>(
    [...SEGMENTS, ...TIERS].map((name) => [name, { customers: 0, monetary: 0n }]),
  );
  let population = 0;
  for (const { recency_score, frequency_score, tier_bucket, customers, monetary } of rows) {
    if (recency_score === null || frequency_score === null || tier_bucket === null) continue;
    population += Number(customers);
    for (const name of [segmentOf(recency_score, frequency_score), tierOf(tier_bucket)]) {
      const sum = sums.get(name);
      if (!sum) continue;
      sum.customers += Number(customers);
      sum.monetary += BigInt(monetary ?? 0);
    }
  }
  const summaryOf = (name: string) => {
    const { customers = 0, monetary = 0n } = sums.get(name) ?? {};
    return { customers, monetary: amount(monetary, currency) };
  };
  return {
    segments: SEGMENTS.map((segment) => ({ segment, ...summaryOf(segment) })),
    tiers: TIERS.map((tier) => ({ tier, ...summaryOf(tier) })),
    population,
    currency,
    asOf: asOf(rows[0]),
  };
}
