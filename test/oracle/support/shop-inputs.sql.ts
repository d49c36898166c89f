/**
 * The requests that the commands accepted, and how the oracle's model follows from them. Returns name
 * products, not lines: the units of a product are taken off the order's lines one after the other, at the
 * price that was paid. They are rounded so that the returns of a whole line add up to its price.
 */
export const SHOP_TABLES = `
CREATE TABLE placed (
  event BIGINT, order_id VARCHAR, customer_id VARCHAR, currency VARCHAR, rate DECIMAL(20, 10), at_ms BIGINT,
  shipping HUGEINT, tax HUGEINT, country VARCHAR, region VARCHAR
);
CREATE TABLE placed_lines (
  event BIGINT, order_id VARCHAR, line INTEGER, product VARCHAR, category VARCHAR, price DECIMAL(18, 4),
  quantity HUGEINT, discount HUGEINT
);
CREATE TABLE cancellations (event BIGINT, order_id VARCHAR, at_ms BIGINT);
CREATE TABLE returned (event BIGINT, order_id VARCHAR, at_ms BIGINT, product VARCHAR, quantity HUGEINT);
CREATE TABLE credits (
  event BIGINT, customer_id VARCHAR, currency VARCHAR, rate DECIMAL(20, 10), at_ms BIGINT,
  category VARCHAR, price DECIMAL(18, 4), quantity HUGEINT, product VARCHAR, country VARCHAR, region VARCHAR
);
`;

export const loadShop = (reporting: string, timeZone: string): string => `
SET VARIABLE reporting = '${reporting}';
CREATE MACRO day_of(at_ms) AS CAST(timezone('${timeZone}', make_timestamptz(at_ms * 1000)) AS DATE);
CREATE MACRO in_ten_thousandths(price) AS CAST(price * 10000 AS HUGEINT);
CREATE MACRO scaled_rate(rate) AS CAST(CAST(rate AS DECIMAL(38, 10)) * 10000000000 AS HUGEINT);

CREATE TABLE lines AS
SELECT l.*, p.customer_id, p.country, p.region, p.currency, scaled_rate(p.rate) AS rate, p.at_ms,
       line_amount(in_ten_thousandths(l.price), l.quantity, p.currency) AS gross,
       coalesce(sum(l.quantity) OVER (PARTITION BY l.order_id, l.product ORDER BY l.line
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS units_before
  FROM placed_lines l JOIN placed p USING (order_id);

-- Units of each line that are back after each return, and before it.
CREATE TABLE line_returns AS
SELECT r.event, r.at_ms AS returned_at, l.*,
       greatest(0, least(l.quantity, r.after_it - r.units - l.units_before)) AS back_before,
       greatest(0, least(l.quantity, r.after_it - l.units_before)) AS back_after
  FROM (SELECT event, order_id, at_ms, product, units,
               sum(units) OVER (PARTITION BY order_id, product ORDER BY event) AS after_it
          FROM (SELECT event, order_id, at_ms, product, sum(quantity) AS units FROM returned GROUP BY ALL)) r
  JOIN (SELECT * EXCLUDE event FROM lines) l USING (order_id, product);

CREATE MACRO share_of(gross, discount, units, quantity) AS
  divide_round((gross - discount) * CAST(units AS HUGEINT), CAST(quantity AS HUGEINT));

INSERT INTO orders
SELECT p.order_id, p.event, c.event, p.customer_id, p.currency, p.at_ms,
       (SELECT sum(gross - discount) FROM lines l WHERE l.order_id = p.order_id) + p.shipping + p.tax,
       p.country, p.region
  FROM placed p LEFT JOIN cancellations c USING (order_id);

INSERT INTO sale_lines
SELECT event, 'placed', customer_id, currency, rate, day_of(at_ms), day_of(at_ms), category, 1,
       gross, discount, 0, 0, quantity, 0, product, country, region
  FROM lines;

INSERT INTO sale_lines
SELECT event, 'returned', customer_id, currency, rate, day_of(at_ms), day_of(returned_at), category, 1, 0, 0,
       share_of(gross, discount, back_before, quantity), share_of(gross, discount, back_after, quantity), 0,
       back_after - back_before, product, country, region
  FROM line_returns WHERE back_after > back_before;

INSERT INTO sale_lines
SELECT c.event, 'cancelled', customer_id, currency, rate, day_of(l.at_ms), day_of(c.at_ms), category, -1,
       gross, discount, 0, share_of(gross, discount, back, quantity), -quantity, -back,
       product, country, region
  FROM cancellations c
  JOIN (SELECT l.*,
               coalesce((SELECT max(back_after) FROM line_returns r
                          WHERE r.order_id = l.order_id AND r.line = l.line), 0) AS back
          FROM lines l) l USING (order_id);

INSERT INTO sale_lines
SELECT event, 'credited', customer_id, currency, scaled_rate(rate), day_of(at_ms), day_of(at_ms), category,
       1, 0, 0, 0, line_amount(in_ten_thousandths(price), quantity, currency), 0, quantity,
       product, country, region
  FROM credits;
`;
