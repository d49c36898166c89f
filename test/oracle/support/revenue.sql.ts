const CLOCKS = `
  (SELECT 'PROCESSED' AS clock, processed_day AS day, * FROM postings
    UNION ALL
   SELECT 'ORDERED', ordered_day, * FROM postings)`;

const SUMS = `sum(gross), sum(discounts), sum(returns), sum(units), sum(units_returned), sum(orders)`;

/** An order counts once, however many of its lines are selected. */
const perEvent = (...more: string[]): string => `
  (SELECT ${['clock', 'currency', 'way', 'day', 'event', ...more].join(', ')},
          sum(gross) AS gross, sum(discounts) AS discounts,
          sum(returns) AS returns, sum(units) AS units, sum(units_returned) AS units_returned,
          max(orders) + min(orders) AS orders2
     FROM ${CLOCKS} GROUP BY ALL)`;

const once = (from: string): string => `(SELECT * EXCLUDE orders2, orders2 // 2 AS orders FROM ${from})`;

/** clock, currency, converted, day, category, gross, discounts, returns, units, units_returned, orders */
export const CATEGORY_REVENUE = `
SELECT clock, currency, way = 'converted' AS converted, day, category, ${SUMS}
  FROM ${once(perEvent('category'))} WHERE way <> 'unconverted' GROUP BY ALL`;

/** clock, currency, converted, day, gross, discounts, returns, units, units_returned, orders */
export const REVENUE = `
SELECT clock, currency, way = 'converted' AS converted, day, ${SUMS}
  FROM ${once(perEvent())} WHERE way <> 'unconverted' GROUP BY ALL`;

/** clock, currency, day, gross, discounts, returns, orders, documents */
export const UNCONVERTED_REVENUE = `
SELECT clock, currency, day, sum(gross), sum(discounts), sum(returns), sum(orders), count(*)
  FROM ${once(perEvent())} WHERE way = 'unconverted' GROUP BY ALL`;

/**
 * The answer of `categoryRevenue` for a range of days: category ('' for the total), gross, discounts,
 * returns, net, units, units_returned, orders.
 * @param from, to days, inclusive
 */
export const revenueBetween = (clock: string, currency: string, from: string, to: string): string => {
  const where = `clock = '${clock}' AND currency = '${currency}' AND way <> 'unconverted'
                 AND day BETWEEN '${from}' AND '${to}'`;
  const measures = [
    'gross',
    'discounts',
    'returns',
    'gross - discounts - returns',
    'units',
    'units_returned',
    'orders',
  ];
  const columns = measures.map((measure) => `coalesce(sum(${measure}), 0)`).join(', ');
  return `
SELECT category, ${columns} FROM ${once(perEvent('category'))} WHERE ${where} GROUP BY category
 UNION ALL
SELECT '', ${columns} FROM ${once(perEvent())} WHERE ${where}`;
};

/**
 * What an answer in the reporting currency leaves out: currency, gross, discounts, returns, net, orders,
 * documents.
 */
export const unconvertedBetween = (clock: string, from: string, to: string): string => `
SELECT currency, sum(gross), sum(discounts), sum(returns), sum(gross) - sum(discounts) - sum(returns),
       sum(orders), count(*)
  FROM ${once(perEvent())}
 WHERE clock = '${clock}' AND way = 'unconverted' AND day BETWEEN '${from}' AND '${to}' GROUP BY currency`;
