import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import type { AsOf } from '../types/as-of.type';
import type { LiveMetrics } from '../types/live-metrics.type';
import { countAnomalies } from './anomalies.query';
import { readCategoryRevenue } from './category-revenue.query';
import { readPopulation } from './population';
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
 * The whole shop in one currency, from one snapshot of both read models: as of the one that has read less.
 * @param currency null: the store has no reporting currency yet, and so no sales
 */
export async function readLiveMetrics(
  pool: Pool,
  store: EventStore,
  currency: string | null,
): Promise<LiveMetrics> {
  const metrics = await inSnapshot(pool, VIEWS, async (reader) => {
    const conditions = { currency, isReporting: false, clock: 'PROCESSED', from: null, to: null } as const;
    const revenue = await readCategoryRevenue(reader, conditions);
    const { row, ...population } = await readPopulation(reader, currency);
    return {
      ...revenue.total,
      currency,
      byCategory: revenue.rows,
      anomalies: await countAnomalies(reader, population, currency, THRESHOLD),
      asOf: earlier(revenue.asOf, asOf(row)),
    };
  });
  return { ...metrics, lag: await readLag(store, metrics.asOf.position) };
}

const earlier = (a: AsOf, b: AsOf): AsOf => (a.position <= b.position ? a : b);
