const VALID = 'SELECT * FROM orders WHERE cancelled_event IS NULL';

/** currency, n, S, Q over the valid orders. */
export const POPULATION = `
SELECT currency, CAST(count(*) AS HUGEINT) AS n, sum(total) AS s, sum(total * total) AS q
  FROM (${VALID}) GROUP BY currency`;

/**
 * Ids of the valid orders with |z| > threshold, tested without roots.
 * @param tenths ten times the threshold
 */
export const nowAnomalies = (currency: string, tenths: number): string => `
SELECT order_id FROM (${VALID}) JOIN (${POPULATION}) USING (currency)
 WHERE currency = '${currency}' AND n > 1 AND n * q > s * s
   AND 100 * (n * total - s) * (n * total - s) * (n - 1) > ${tenths * tenths} * n * (n * q - s * s)`;

/** order_id, z: the textbook formula in floating point. */
export const plainAnomalies = (currency: string, threshold: number): string => `
SELECT order_id, z
  FROM (SELECT order_id, (total - avg(total) OVER ()) / stddev_samp(total) OVER () AS z
          FROM (SELECT order_id, CAST(total AS DOUBLE) AS total
                  FROM (${VALID}) WHERE currency = '${currency}'))
 WHERE abs(z) > ${threshold}`;

/**
 * AT_ARRIVAL compares each order with all that were placed before it and not cancelled by then, if they are
 * six or more.
 * Returns order_id, currency, total, n, S, Q of those with |z| > threshold.
 */
export const arrivalAnomalies = (tenths: number): string => `
WITH ledger AS (
  SELECT event, order_id, currency, 1 AS sign, total FROM orders
   UNION ALL
  SELECT cancelled_event, order_id, currency, -1, total FROM orders WHERE cancelled_event IS NOT NULL
), before AS (
  SELECT *, CAST(sum(sign) OVER earlier AS HUGEINT) AS n, sum(sign * total) OVER earlier AS s,
         sum(sign * total * total) OVER earlier AS q
    FROM ledger
  WINDOW earlier AS (PARTITION BY currency ORDER BY event ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT order_id, currency, total, n, s, q FROM before
 WHERE sign = 1 AND n >= 6 AND n * q > s * s
   AND 100 * (n * total - s) * (n * total - s) * (n - 1) > ${tenths * tenths} * n * (n * q - s * s)`;

/**
 * floor(1024 x log2 total) of every valid order above zero, and the distance of the logarithm from a whole
 * number.
 */
const BUCKETS = `
SELECT order_id, currency, total, CAST(floor(l) AS BIGINT) AS bucket, abs(l - round(l)) AS distance
  FROM (SELECT *, 1024 * log2(CAST(total AS DOUBLE)) AS l FROM (${VALID}) WHERE total > 0)`;

/** currency, bucket, orders */
export const BUCKET_COUNTS = `SELECT currency, bucket, count(*) FROM (${BUCKETS}) GROUP BY ALL`;

/** Orders whose bucket a double could get wrong. Powers of two are left out: their logarithm is exact. */
export const DOUBTFUL_BUCKETS = `
SELECT order_id FROM (${BUCKETS}) WHERE distance < 1e-8 AND bit_count(CAST(total AS BIGINT)) <> 1`;

/**
 * Ids with 0.6745 (bucket - median) / MAD > 3.5, in whole quarters of a bucket; none with fewer than 30
 * orders or without spread.
 */
export const robustAnomalies = (currency: string): string => `
WITH b AS (SELECT * FROM (${BUCKETS}) WHERE currency = '${currency}'),
     centre AS (SELECT CAST(2 * median(bucket) AS BIGINT) AS median2, count(*) AS n FROM b),
     spread AS (SELECT CAST(2 * median(abs(2 * bucket - median2)) AS BIGINT) AS mad4 FROM b, centre)
SELECT order_id FROM b, centre, spread
 WHERE n >= 30 AND mad4 > 0 AND 6745 * 2 * (2 * bucket - median2) > 35000 * mad4`;

/** The same with exact logarithms and medians, to judge the buckets. */
export const exactRobustAnomalies = (currency: string): string => `
WITH l AS (SELECT order_id, ln(CAST(total AS DOUBLE)) AS l
             FROM (${VALID}) WHERE currency = '${currency}' AND total > 0),
     spread AS (SELECT median(abs(l - m)) AS mad, m FROM l, (SELECT median(l) AS m FROM l) GROUP BY m)
SELECT order_id FROM l, spread WHERE 0.6745 * (l - m) / mad > 3.5`;
