/**
 * The inputs of the oracles, and the arithmetic of money in DuckDB's exact integers. The tables hold inputs
 * only: the queries of this folder compute every number of a read model from the definitions, not from the
 * program's code.
 *
 * Variable `reporting` is the store's reporting currency. Amounts are minor units of the row's currency.
 */
export const MODEL = `
CREATE TABLE orders (
  order_id VARCHAR NOT NULL,
  event BIGINT NOT NULL,              -- 1, 2, 3 ... in the order in which things happened
  cancelled_event BIGINT,
  customer_id VARCHAR,                -- null: guest
  currency VARCHAR NOT NULL,
  ordered_at BIGINT NOT NULL,         -- Unix milliseconds
  total HUGEINT NOT NULL,
  country VARCHAR NOT NULL,
  region VARCHAR
);

-- A row for each line that an event posted. The amounts are of the line and never negative; sign says
-- whether they are added or taken off.
CREATE TABLE sale_lines (
  event BIGINT NOT NULL,
  kind VARCHAR NOT NULL,              -- placed, returned, cancelled, credited
  customer_id VARCHAR,
  currency VARCHAR NOT NULL,
  rate HUGEINT,                       -- reporting units for one unit of currency, times 10^10
  ordered_day DATE NOT NULL,
  processed_day DATE NOT NULL,
  category VARCHAR NOT NULL,
  sign INTEGER NOT NULL,
  gross HUGEINT NOT NULL,
  discount HUGEINT NOT NULL,
  returned_before HUGEINT NOT NULL,
  returned_after HUGEINT NOT NULL,
  units HUGEINT NOT NULL,
  units_returned HUGEINT NOT NULL,
  product VARCHAR NOT NULL,
  country VARCHAR NOT NULL,           -- of the document
  region VARCHAR
);

CREATE MACRO power_of_ten(digits) AS CAST('1' || repeat('0', digits) AS HUGEINT);
CREATE MACRO minor_digits(currency) AS
  CASE currency WHEN 'GBP' THEN 2 WHEN 'EUR' THEN 2 WHEN 'USD' THEN 2 WHEN 'JPY' THEN 0 WHEN 'KWD' THEN 3
       ELSE error('the oracle does not know ' || currency) END;
-- Half away from zero, of what is not negative.
CREATE MACRO divide_round(dividend, divisor) AS (2 * dividend + divisor) // (2 * divisor);
-- price: units of 1/10000
CREATE MACRO line_amount(price, quantity, currency) AS
  divide_round(price * quantity * power_of_ten(minor_digits(currency)), CAST(10000 AS HUGEINT));
CREATE MACRO in_reporting(minor, rate, currency) AS
  divide_round(minor * rate * power_of_ten(minor_digits(getvariable('reporting'))),
               power_of_ten(10 + minor_digits(currency)));
`;

/**
 * Each line in its own currency, and in the reporting currency where it can be converted. Converted are the
 * gross, what was to be paid and what came back; the discount is the difference of the first two. To be run
 * when the tables are full.
 */
export const POST = `
CREATE TABLE postings AS
SELECT event, kind, customer_id, ordered_day, processed_day, category, product, country, region,
       units, units_returned,
       CASE kind WHEN 'placed' THEN 1 WHEN 'cancelled' THEN -1 ELSE 0 END AS orders,
       currency, 'own' AS way, sign * gross AS gross, sign * discount AS discounts,
       sign * (returned_after - returned_before) AS returns
  FROM sale_lines
 UNION ALL
SELECT event, kind, customer_id, ordered_day, processed_day, category, product, country, region,
       units, units_returned,
       CASE kind WHEN 'placed' THEN 1 WHEN 'cancelled' THEN -1 ELSE 0 END,
       getvariable('reporting'), 'converted',
       sign * in_reporting(gross, rate, currency),
       sign * (in_reporting(gross, rate, currency) - in_reporting(gross - discount, rate, currency)),
       sign * (in_reporting(returned_after, rate, currency) - in_reporting(returned_before, rate, currency))
  FROM sale_lines
 WHERE currency <> getvariable('reporting') AND rate IS NOT NULL
 UNION ALL
SELECT event, kind, customer_id, ordered_day, processed_day, category, product, country, region,
       units, units_returned,
       CASE kind WHEN 'placed' THEN 1 WHEN 'cancelled' THEN -1 ELSE 0 END,
       currency, 'unconverted', sign * gross, sign * discount, sign * (returned_after - returned_before)
  FROM sale_lines
 WHERE currency <> getvariable('reporting') AND rate IS NULL;
`;
