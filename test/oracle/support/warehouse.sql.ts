/**
 * The content of the warehouse's views, from the oracle's model. Categories with cancelled orders only are in
 * the books alone.
 */
const MEASURES = `
  sum(gross), sum(discounts), sum(returns), sum(gross) - sum(discounts) - sum(returns),
  sum(units), sum(units_returned),
  count(DISTINCT event) FILTER (kind = 'placed') - count(DISTINCT event) FILTER (kind = 'cancelled')`;

const salesBy = (columns: string): string => `
SELECT ${columns}, ${MEASURES} FROM postings WHERE way = 'own'
 GROUP BY ALL HAVING sum(units) <> 0 OR sum(units_returned) <> 0`;

/** category, currency, and the measures in minor units */
export const SALES_BY_CATEGORY = salesBy('category, currency');

/**
 * month, category, country, region, currency, and the measures in minor units; month and place of the order
 */
export const SALES_BY_MONTH = salesBy(
  "CAST(date_trunc('month', ordered_day) AS DATE), category, country, region, currency",
);

/**
 * month of processing, category, country, region, currency, and the measures; remainders of cancelled orders
 * included
 */
export const BOOKS_BY_MONTH = `
SELECT CAST(date_trunc('month', processed_day) AS DATE), category, country, region, currency, ${MEASURES}
  FROM postings WHERE way = 'own' GROUP BY ALL`;

const IN_REPORTING = `
  (SELECT * FROM postings
    WHERE way = 'converted' OR (way = 'own' AND currency = getvariable('reporting')))`;
const ANYTHING = 'HAVING gross <> 0 OR discounts <> 0 OR returns <> 0';

/**
 * month, category, country, region; gross, discounts, returns and net in minor units of the reporting
 * currency
 */
const inReportingByMonth = (day: string): string => `
SELECT CAST(date_trunc('month', ${day}) AS DATE), category, country, region,
       sum(p.gross) AS gross, sum(p.discounts) AS discounts,
       sum(p.returns) AS returns, sum(p.gross) - sum(p.discounts) - sum(p.returns)
  FROM ${IN_REPORTING} p GROUP BY ALL ${ANYTHING}`;

export const SALES_IN_REPORTING = inReportingByMonth('ordered_day');
export const BOOKS_IN_REPORTING = inReportingByMonth('processed_day');

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

/** A view of sales in the oracle's form. */
const inView = (view: string, columns: string): string => `
SELECT ${columns}, ${['gross', 'discounts', 'returns', 'net'].map(minor).join(', ')},
       sum(units), sum(units_returned), sum(orders)
  FROM ${view} GROUP BY ${columns}`;

/** For a reporting currency of two decimals. */
const viewInReporting = (view: string): string => `
SELECT month, category, country, region, ${['gross', 'discounts', 'returns', 'net']
  .map((column) => `CAST(sum(${column}_reporting * 100) AS HUGEINT) AS ${column}`)
  .join(', ')}
  FROM ${view} GROUP BY month, category, country, region ${ANYTHING}`;

const BOOKED = `${['gross', 'discounts', 'returns'].map(minor).join(', ')}, sum(units), sum(units_returned),
       count(DISTINCT order_id) FILTER (posting = 'ORDER')
         - count(DISTINCT order_id) FILTER (posting = 'CANCELLATION')`;

/** View `books` by day and category on both clocks, as the rows of read model category_revenue. */
export const booksByDay = (reporting: string): string =>
  [
    ['PROCESSED', 'date_key'],
    ['ORDERED', 'order_date_key'],
  ]
    .map(
      ([clock, key]) => `
SELECT '${clock}' AS clock, currency, converted, d.date AS day, category, ${BOOKED}
  FROM (SELECT false AS converted, * FROM books
         UNION ALL BY NAME
        SELECT true AS converted, * REPLACE ('${reporting}' AS currency, gross_reporting AS gross,
               discounts_reporting AS discounts, returns_reporting AS returns)
          FROM books WHERE currency <> '${reporting}' AND net_reporting IS NOT NULL) b
  JOIN dim_date d ON d.date_key = b.${key}
 GROUP BY currency, converted, d.date, category`,
    )
    .join(' UNION ALL ');

export const VIEW = {
  monthlyBooks: inView('monthly_books', 'month, category, country, region, currency'),
  salesInReporting: viewInReporting('monthly_sales'),
  booksInReporting: viewInReporting('monthly_books'),
  categoryRevenue: inView('category_revenue', 'category, currency'),
  monthlySales: inView('monthly_sales', 'month, category, country, region, currency'),
  /** over all places, as in the read models */
  monthlySalesAnywhere: inView('monthly_sales', 'month, category, currency'),
  productPerformance: inView('product_performance', 'product_id, currency'),
  /** columns that only orders contribute to */
  productsOrdered: `
SELECT product_id, currency, ${minor('gross')}, ${minor('discounts')}, sum(units), sum(orders)
  FROM product_performance GROUP BY product_id, currency HAVING sum(units) > 0`,
  /** product_performance by currency; without orders, because one order may be in many rows */
  salesByCurrency: `
SELECT currency, ${['gross', 'discounts', 'returns', 'net'].map(minor).join(', ')},
       sum(units), sum(units_returned)
  FROM product_performance GROUP BY currency`,
  rfm: `
SELECT customer_id, epoch_ms(last_order_at), orders, CAST(net_reporting * 100 AS HUGEINT),
       recency_score, frequency_score, monetary_score, segment, tier
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
