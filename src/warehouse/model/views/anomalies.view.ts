import { amount, double, text, timestamp } from '../columns';
import type { WarehouseView } from '../table';

const THRESHOLD = 2;

/**
 * Orders whose total lies far from the mean of all valid orders. The score is rounded to 9 decimals before it
 * is compared: floating point would sometimes put a score of exactly the threshold above it. Whether amounts
 * differ at all is decided by the exact amounts.
 */
export const anomalies: WarehouseView = {
  name: 'anomalies',
  doc: `Orders whose total is more than ${THRESHOLD} standard deviations from the mean of all orders in its currency.`,
  columns: [
    text('order_id', 'the order'),
    text('currency', 'ISO 4217 code of the amounts'),
    amount('amount', 'total of the order'),
    double('z_score', '(amount - mean) / standard_deviation'),
    double('mean', 'of the totals in this currency'),
    double('standard_deviation', 'of the totals in this currency, as of a sample'),
    timestamp('ordered_at', 'when the order was placed'),
    text('position', 'place in the log of the order; compares as text'),
  ],
  sql: `
SELECT order_id, currency, amount, z_score, mean, standard_deviation, ordered_at, position
  FROM (SELECT o.order_id, o.currency, o.total AS amount, p.mean, p.standard_deviation, o.ordered_at, o.position,
               ROUND((CAST(o.total AS DOUBLE) - p.mean) / p.standard_deviation, 9) AS z_score
          FROM order_totals o
          JOIN (SELECT currency, AVG(CAST(total AS DOUBLE)) AS mean, STDDEV_SAMP(CAST(total AS DOUBLE)) AS standard_deviation
                  FROM order_totals WHERE NOT is_cancelled
                 GROUP BY currency HAVING MIN(total) < MAX(total)) p ON p.currency = o.currency
         WHERE NOT o.is_cancelled) scored
 WHERE ABS(z_score) > ${THRESHOLD}`,
};
