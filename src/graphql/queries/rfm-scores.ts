import { BUCKETS, type Measure } from '../../domain/rfm';

/** A measure's key of `read.rfm_customers c`, as the boundaries hold it. */
const KEYS: Record<Measure, string> = {
  R: '(extract(epoch FROM c.last_order_at) * 1000)',
  F: 'c.frequency::numeric',
  M: 'c.monetary',
  T: '-c.monetary',
};

const bucketsAbove = (measure: Measure): number[] =>
  Array.from({ length: BUCKETS[measure] - 1 }, (_, index) => index + 2);

/** One row: the key and customer of every boundary, null where the population does not reach that bucket. */
const BOUNDARIES = `SELECT ${(Object.keys(BUCKETS) as Measure[])
  .flatMap((measure) =>
    bucketsAbove(measure).flatMap((bucket) => {
      const only = `FILTER (WHERE measure = '${measure}' AND bucket = ${bucket})`;
      return [
        `max(key) ${only} AS ${measure}${bucket}_key`,
        `max(customer_id) ${only} AS ${measure}${bucket}_id`,
      ];
    }),
  )
  .join(',\n')} FROM read.rfm_cuts`;

/** One more than the number of boundaries that are not above the customer's own key. */
const bucketOf = (measure: Measure): string =>
  bucketsAbove(measure).reduce(
    (sum, bucket) =>
      `${sum} + coalesce((${KEYS[measure]}, c.customer_id)
        >= (k.${measure}${bucket}_key, k.${measure}${bucket}_id), false)::int`,
    '1',
  );

/**
 * SQL of every customer with a valid order and its scores: the keys are held against the boundaries as the
 * statement runs.
 */
export const SCORED_CUSTOMERS = `
SELECT c.customer_id, c.last_order_at, c.frequency, c.monetary, c.unconverted,
       ${bucketOf('R')} AS recency_score,
       ${bucketOf('F')} AS frequency_score,
       ${bucketOf('M')} AS monetary_score,
       ${bucketOf('T')} AS tier_bucket
  FROM read.rfm_customers c CROSS JOIN (${BOUNDARIES}) k
 WHERE c.frequency > 0`;
