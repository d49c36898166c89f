import { BUCKETS, SEGMENTS, scoresOf, TIERS } from '../../../domain/rfm';
import { int, long, nullable, sum, text, timestamp } from '../columns';
import type { WarehouseView } from '../table';

/** Customers with a valid order, and what they ordered and returned. Guests are not customers. */
export const customerSales: WarehouseView = {
  name: 'customer_sales',
  doc: 'Every customer with an order that was not cancelled.',
  columns: [
    text('customer_id', 'the customer'),
    long('orders', 'that were not cancelled'),
    timestamp('first_order_at', 'of these'),
    timestamp('last_order_at', 'of these'),
    long('places', 'different countries and regions of these'),
    sum('net_reporting', 'net sales in the reporting currency; what has no exchange rate is left out'),
  ],
  sql: `
SELECT o.customer_id, o.orders, o.first_order_at, o.last_order_at, o.places, COALESCE(s.net_reporting, 0) AS net_reporting
  FROM (SELECT customer_id, COUNT(*) AS orders, MIN(ordered_at) AS first_order_at, MAX(ordered_at) AS last_order_at,
               COUNT(DISTINCT country || '/' || COALESCE(region, '')) AS places
          FROM order_totals WHERE NOT is_cancelled AND customer_id IS NOT NULL GROUP BY customer_id) o
  LEFT JOIN (SELECT customer_id, SUM(net_reporting) AS net_reporting FROM sales GROUP BY customer_id) s
    ON s.customer_id = o.customer_id`,
};

const quoted = (name: string): string => `'${name.replaceAll("'", "''")}'`;

const SEGMENT_CASE = SEGMENTS.map((segment) => {
  const scores = scoresOf(segment).map(({ recency, frequency }) => recency * 10 + frequency);
  return `WHEN recency_score * 10 + frequency_score IN (${scores.join(', ')}) THEN ${quoted(segment)}`;
}).join('\n            ');

const TIER_CASE = TIERS.map((tier, index) => `WHEN ${index + 1} THEN ${quoted(tier)}`).join(' ');

/** Ids break ties. They compare as bytes, which is how both targets compare text. */
export const rfm: WarehouseView = {
  name: 'rfm',
  doc: 'Recency, frequency and monetary scores of every customer with an order that was not cancelled.',
  columns: [
    text('customer_id', 'the customer'),
    timestamp('last_order_at', 'recency'),
    long('orders', 'frequency'),
    sum('net_reporting', 'monetary: net sales in the reporting currency'),
    int('recency_score', '1 .. 5, 5 best'),
    int('frequency_score', '1 .. 5, 5 best'),
    int('monetary_score', '1 .. 5, 5 best'),
    text('segment', 'name of the recency and frequency scores'),
    text('tier', 'third of the customers by net sales: VIP, GOLD or SILVER'),
  ],
  sql: `
SELECT customer_id, last_order_at, orders, net_reporting, recency_score, frequency_score, monetary_score,
       CASE ${SEGMENT_CASE} END AS segment, CASE third ${TIER_CASE} END AS tier
  FROM (SELECT customer_id, last_order_at, orders, net_reporting,
               NTILE(${BUCKETS.R}) OVER (ORDER BY last_order_at, customer_id) AS recency_score,
               NTILE(${BUCKETS.F}) OVER (ORDER BY orders, customer_id) AS frequency_score,
               NTILE(${BUCKETS.M}) OVER (ORDER BY net_reporting, customer_id) AS monetary_score,
               NTILE(${BUCKETS.T}) OVER (ORDER BY net_reporting DESC, customer_id) AS third
          FROM customer_sales) scored`,
};

export const repeatCustomers: WarehouseView = {
  name: 'repeat_customers',
  doc: 'Customers with two orders or more that were not cancelled.',
  columns: [
    text('customer_id', 'the customer'),
    nullable(text('name', 'as of today; null: never registered')),
    long('orders', 'that were not cancelled'),
    timestamp('first_order_at', 'of these'),
    timestamp('last_order_at', 'of these'),
    sum('net_reporting', 'net sales in the reporting currency'),
  ],
  sql: `
SELECT s.customer_id, c.name, s.orders, s.first_order_at, s.last_order_at, s.net_reporting
  FROM customer_sales s JOIN dim_customer c ON c.customer_id = s.customer_id AND c.is_current
 WHERE s.orders > 1`,
};

export const multiRegionCustomers: WarehouseView = {
  name: 'multi_region_customers',
  doc: 'Customers whose orders, but for cancelled ones, went to two places or more: a place is a country and its region.',
  columns: [
    text('customer_id', 'the customer'),
    nullable(text('name', 'as of today; null: never registered')),
    long('places', 'different countries and regions of the orders'),
    long('orders', 'that were not cancelled'),
    sum('net_reporting', 'net sales in the reporting currency'),
  ],
  sql: `
SELECT s.customer_id, c.name, s.places, s.orders, s.net_reporting
  FROM customer_sales s JOIN dim_customer c ON c.customer_id = s.customer_id AND c.is_current
 WHERE s.places > 1`,
};
