import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import type { AsOf } from '../types/as-of.type';
import type { LiveMetrics } from '../types/live-metrics.type';
import { countAnomalies } from './anomalies.query';
import { readRevenueOf } from './category-revenue.query';
import { readPopulations } from './population';
import { readLag } from './projections.query';
import { asOf, inSnapshot } from './snapshot';

/** The projections that the numbers come from. */
export const LIVE_METRICS_PROJECTIONS = ['category-revenue', 'anomalies'] as const;

const VIEWS = [
  'category_revenue',
  'revenue',
  'unconverted_revenue',

  'anomaly_population',
  'anomaly_orders',
];
const THRESHOLD = '2';

/**
 * The whole shop in each of several currencies, from one snapshot of both read models: as of the one that has
 * read less. However many they are, the statements are the same few.
 * @param currencies null: the store has no reporting currency yet, and so no sales
 */
export async function readLiveMetrics(
  pool: Pool,
  store: EventStore,
  currencies: readonly (string | null)[],
): Promise<Map<string | null, LiveMetrics>> {
  const metrics = await inSnapshot(pool, VIEWS, async (reader) => {
    const revenues = await readRevenueOf(reader, currencies);
    const { populations, row } = await readPopulations(reader, currencies);
    const anomalies = await countAnomalies(reader, populations, THRESHOLD);
    return Array.from(revenues, ([currency, { total, rows, asOf: ofRevenue }]) => ({
      ...total,
      currency,
      byCategory: rows,
      anomalies: anomalies.get(currency) ?? 0,
      asOf: earlier(ofRevenue, asOf(row)),
    }));
  });
  const [any] = metrics;
  const lag = any ? await readLag(store, any.asOf.position) : { events: 0, seconds: 0 };
  return new Map(metrics.map((values) => [values.currency, { ...values, lag }]));
}

const earlier = (a: AsOf, b: AsOf): AsOf => (a.position <= b.position ? a : b);
