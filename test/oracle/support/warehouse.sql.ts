/**
 * What the warehouse's views must say, from the oracle's model. Lines of all-cancelled categories are in no view.
 */
const MEASURES = `
  sum(gross), sum(discounts), sum(returns), sum(gross) - sum(discounts) - sum(returns), sum(units), sum(units_returned)`;

const ORDERS =
  "count(DISTINCT event) FILTER (kind = 'placed') - count(DISTINCT event) FILTER (kind = 'cancelled')";

const salesBy = (columns: string, measures: string): string => `
SELECT ${columns}, ${measures} FROM postings WHERE way = 'own'
 GROUP BY ALL HAVING sum(units) <> 0 OR sum(units_returned) <> 0`;

/** category, currency, and the measures in minor units */
export const SALES_BY_CATEGORY = salesBy('category, currency', `${MEASURES}, ${ORDERS}`);

/** The same with the month of the order before them. */
export const SALES_BY_MONTH = salesBy(
  "CAST(date_trunc('month', ordered_day) AS DATE), category, currency",
  `${MEASURES}, ${ORDERS}`,
);

/** By currency alone, without orders, of which one may stand in many rows of a view. */
export const SALES_BY_CURRENCY = salesBy('currency', MEASURES);

const MINOR = `CASE currency WHEN 'JPY' THEN 1 WHEN 'KWD' THEN 1000 ELSE 100 END`;

/** What a view says, as the oracle writes it. */
const inView = (view: string, columns: string, orders = ', sum(orders)'): string => `
SELECT ${columns},
       ${['gross', 'discounts', 'returns', 'net'].map((name) => `CAST(sum(${name} * ${MINOR}) AS HUGEINT)`).join(', ')},
       sum(units), sum(units_returned)${orders}
  FROM ${view} GROUP BY ${columns}`;

export const VIEW = {
  categoryRevenue: inView('category_revenue', 'category, currency'),
  monthlySales: inView('monthly_sales', 'month, category, currency'),
  productPerformance: inView('product_performance', 'currency', ''),
  rfm: `
SELECT customer_id, epoch_ms(last_order_at), orders, CAST(net_reporting * 100 AS HUGEINT), recency_score, frequency_score,
       monetary_score, segment, tier
  FROM rfm`,
  repeatCustomers: 'SELECT customer_id, orders, CAST(net_reporting * 100 AS HUGEINT) FROM repeat_customers',
};

/** customer_id, valid orders, net sales in minor units of the reporting currency */
export const repeatCustomers = (customers: string): string =>
  `SELECT customer_id, f, m FROM (${customers}) WHERE f > 1`;
