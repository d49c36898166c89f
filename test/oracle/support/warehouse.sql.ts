/**
 * What the warehouse's views must say, from the oracle's model. Lines of all-cancelled categories are in no view.
 */
const MEASURES = `
  sum(gross), sum(discounts), sum(returns), sum(gross) - sum(discounts) - sum(returns), sum(units), sum(units_returned),
  count(DISTINCT event) FILTER (kind = 'placed') - count(DISTINCT event) FILTER (kind = 'cancelled')`;

const salesBy = (columns: string): string => `
SELECT ${columns}, ${MEASURES} FROM postings WHERE way = 'own'
 GROUP BY ALL HAVING sum(units) <> 0 OR sum(units_returned) <> 0`;

/** category, currency, and the measures in minor units */
export const SALES_BY_CATEGORY = salesBy('category, currency');

/** The same with month and place of the order about them. */
export const SALES_BY_MONTH = salesBy(
  "CAST(date_trunc('month', ordered_day) AS DATE), category, country, region, currency",
);

/** product, currency, and the measures */
export const SALES_BY_PRODUCT = salesBy('product, currency');

/** customer_id, valid orders, net sales in minor units of the reporting currency */
export const repeatCustomers = (customers: string): string =>
  `SELECT customer_id, f, m FROM (${customers}) WHERE f > 1`;

/** customer_id, places, valid orders, net sales in minor units of the reporting currency */
export const multiRegionCustomers = (customers: string): string => `
SELECT customer_id, places, f, m
  FROM (${customers})
  JOIN (SELECT customer_id, count(DISTINCT (country, region)) AS places
          FROM orders WHERE cancelled_event IS NULL GROUP BY customer_id) USING (customer_id)
 WHERE places > 1`;

const MINOR = `CASE currency WHEN 'JPY' THEN 1 WHEN 'KWD' THEN 1000 ELSE 100 END`;

const minor = (column: string): string => `CAST(sum(${column} * ${MINOR}) AS HUGEINT)`;

/** What a view of sales says, as the oracle writes it. */
const inView = (view: string, columns: string): string => `
SELECT ${columns}, ${['gross', 'discounts', 'returns', 'net'].map(minor).join(', ')},
       sum(units), sum(units_returned), sum(orders)
  FROM ${view} GROUP BY ${columns}`;

export const VIEW = {
  categoryRevenue: inView('category_revenue', 'category, currency'),
  monthlySales: inView('monthly_sales', 'month, category, country, region, currency'),
  /** of all places, as the read models have it */
  monthlySalesAnywhere: inView('monthly_sales', 'month, category, currency'),
  productPerformance: inView('product_performance', 'product_id, currency'),
  /** what only orders have a part in */
  productsOrdered: `
SELECT product_id, currency, ${minor('gross')}, ${minor('discounts')}, sum(units), sum(orders)
  FROM product_performance GROUP BY product_id, currency HAVING sum(units) > 0`,
  /** product_performance by currency, but for orders, of which one may stand in many rows */
  salesByCurrency: `
SELECT currency, ${['gross', 'discounts', 'returns', 'net'].map(minor).join(', ')}, sum(units), sum(units_returned)
  FROM product_performance GROUP BY currency`,
  rfm: `
SELECT customer_id, epoch_ms(last_order_at), orders, CAST(net_reporting * 100 AS HUGEINT), recency_score, frequency_score,
       monetary_score, segment, tier
  FROM rfm`,
  rfmSummary: `
SELECT segment, count(*), CAST(sum(net_reporting) * 100 AS HUGEINT) FROM rfm GROUP BY segment
 UNION ALL
SELECT tier, count(*), CAST(sum(net_reporting) * 100 AS HUGEINT) FROM rfm GROUP BY tier`,
  repeatCustomers: 'SELECT customer_id, orders, CAST(net_reporting * 100 AS HUGEINT) FROM repeat_customers',
  multiRegionCustomers:
    'SELECT customer_id, places, orders, CAST(net_reporting * 100 AS HUGEINT) FROM multi_region_customers',
  anomalies: `SELECT order_id, currency, CAST(amount * ${MINOR} AS HUGEINT) FROM anomalies`,
};
