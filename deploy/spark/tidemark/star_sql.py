"""Dimensions and facts in Spark SQL. Made by `tidemark export spark FOLDER`: do not edit."""

# The days of sales, cancellations, returns and refunds.
DATE_KEYS = r"""

SELECT date_key FROM fact_orders UNION ALL SELECT cancelled_date_key FROM fact_orders
 UNION ALL SELECT date_key FROM fact_returns
 UNION ALL SELECT YEAR(refund_date) * 10000 + MONTH(refund_date) * 100 + DAY(refund_date) AS date_key FROM stg_refunds
"""

STAR = [
    {
        "name": "dim_customer",
        "ids_name": "changed_customers",
        "ids": r"""

SELECT customer_id FROM stg_customers
 UNION
SELECT customer_id FROM stg_order_lines WHERE customer_id IS NOT NULL
 UNION
SELECT customer_id FROM stg_returns WHERE customer_id IS NOT NULL
""",
        "rows": r"""
SELECT CAST(q.customer_key AS STRING) AS customer_key, CAST(q.customer_id AS STRING) AS customer_id, CAST(q.name AS STRING) AS name, CAST(q.email AS STRING) AS email, CAST(q.country AS STRING) AS country, CAST(q.region AS STRING) AS region, CAST(q.valid_from AS TIMESTAMP) AS valid_from, CAST(q.valid_to AS TIMESTAMP) AS valid_to, CAST(q.is_current AS BOOLEAN) AS is_current, CAST(q.registered_at AS TIMESTAMP) AS registered_at FROM (SELECT customer_key, customer_id, name, email, country, region, valid_from, valid_to, is_current, registered_at FROM (
WITH own AS (
  SELECT customer_id, revision, changed_at, name, email, country, region,
         array_contains(changed_fields, 'name') AS sets_name, array_contains(changed_fields, 'email') AS sets_email, array_contains(changed_fields, 'country') AS sets_country, array_contains(changed_fields, 'region') AS sets_region
    FROM stg_customers WHERE customer_id IN (SELECT customer_id FROM changed_customers)
), moves AS (
  SELECT customer_id, revision, changed_at, country, region, sets_country, sets_region
    FROM own WHERE revision > 0 AND (sets_country OR sets_region)
   UNION ALL
  SELECT c.customer_id, 0, CAST('1970-01-01 00:00:00+00' AS TIMESTAMP), o.country, o.region, TRUE, TRUE
    FROM changed_customers c LEFT JOIN own o ON o.customer_id = c.customer_id AND o.revision = 0
), runs AS (
  SELECT moves.*, changed_at AS valid_from, SUM(CASE WHEN sets_country THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id ORDER BY CASE WHEN revision = 0 THEN 0 ELSE 1 END, changed_at, revision
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS country_run, SUM(CASE WHEN sets_region THEN 1 ELSE 0 END) OVER (PARTITION BY customer_id ORDER BY CASE WHEN revision = 0 THEN 0 ELSE 1 END, changed_at, revision
         ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS region_run FROM moves
), states AS (
  SELECT customer_id, revision, valid_from, MAX(CASE WHEN sets_country THEN country END) OVER (PARTITION BY customer_id, country_run) AS country, MAX(CASE WHEN sets_region THEN region END) OVER (PARTITION BY customer_id, region_run) AS region FROM runs
), instants AS (
  SELECT * EXCEPT (kept) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id, valid_from ORDER BY revision DESC) = 1 AS kept  FROM states) WHERE kept), versions AS (
  SELECT * EXCEPT (kept) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY valid_from) = 1
         OR country IS DISTINCT FROM LAG(country) OVER (PARTITION BY customer_id ORDER BY valid_from) OR region IS DISTINCT FROM LAG(region) OVER (PARTITION BY customer_id ORDER BY valid_from) AS kept  FROM instants) WHERE kept), names AS (
  SELECT * EXCEPT (kept) FROM (SELECT customer_id, name, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY CASE WHEN revision = 0 THEN 1 ELSE 0 END, changed_at DESC, revision DESC) = 1 AS kept  FROM own WHERE sets_name) WHERE kept), emails AS (
  SELECT * EXCEPT (kept) FROM (SELECT customer_id, email, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY CASE WHEN revision = 0 THEN 1 ELSE 0 END, changed_at DESC, revision DESC) = 1 AS kept  FROM own WHERE sets_email) WHERE kept), seen AS (
  SELECT * EXCEPT (kept) FROM (SELECT customer_id, country, region, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY position) = 1 AS kept  FROM (SELECT customer_id, country, region, position FROM stg_order_lines
           UNION ALL
          SELECT customer_id, country, region, position FROM stg_returns) sales
   WHERE customer_id IN (SELECT customer_id FROM changed_customers)) WHERE kept)
SELECT v.customer_id || '#' || CAST(v.revision AS STRING) AS customer_key, v.customer_id, n.name, e.email,
       COALESCE(v.country, s.country) AS country,
       CASE WHEN v.country IS NULL THEN COALESCE(v.region, s.region) ELSE v.region END AS region,
       v.valid_from, COALESCE(LEAD(v.valid_from) OVER (PARTITION BY v.customer_id ORDER BY v.valid_from), CAST('9999-12-31 00:00:00+00' AS TIMESTAMP)) AS valid_to, LEAD(v.valid_from) OVER (PARTITION BY v.customer_id ORDER BY v.valid_from) IS NULL AS is_current, r.changed_at AS registered_at
  FROM versions v
  LEFT JOIN names n ON n.customer_id = v.customer_id
  LEFT JOIN emails e ON e.customer_id = v.customer_id
  LEFT JOIN seen s ON s.customer_id = v.customer_id
  LEFT JOIN own r ON r.customer_id = v.customer_id AND r.revision = 0)
UNION ALL SELECT customer_key, customer_id, name, email, country, region, valid_from, valid_to, is_current, registered_at FROM (
SELECT 'guest' AS customer_key, NULL AS customer_id, 'Guest' AS name, NULL AS email, NULL AS country,
       NULL AS region, CAST('1970-01-01 00:00:00+00' AS TIMESTAMP) AS valid_from, CAST('9999-12-31 00:00:00+00' AS TIMESTAMP) AS valid_to,
       TRUE AS is_current, NULL AS registered_at)) q
""",
    },
    {
        "name": "dim_product",
        "ids_name": "changed_products",
        "ids": r"""

SELECT product_id FROM stg_products
 UNION
SELECT product_id FROM stg_order_lines
 UNION
SELECT product_id FROM stg_returns
""",
        "rows": r"""
SELECT CAST(q.product_key AS STRING) AS product_key, CAST(q.product_id AS STRING) AS product_id, CAST(q.name AS STRING) AS name, CAST(q.category AS STRING) AS category, CAST(q.price AS DECIMAL(18, 4)) AS price, CAST(q.previous_price AS DECIMAL(18, 4)) AS previous_price, CAST(q.price_since AS TIMESTAMP) AS price_since, CAST(q.currency AS STRING) AS currency, CAST(q.valid_from AS TIMESTAMP) AS valid_from, CAST(q.valid_to AS TIMESTAMP) AS valid_to, CAST(q.is_current AS BOOLEAN) AS is_current, CAST(q.listed_at AS TIMESTAMP) AS listed_at FROM (SELECT product_key, product_id, name, category, price, previous_price, price_since, currency, valid_from, valid_to, is_current, listed_at FROM (
WITH own AS (
  SELECT * FROM stg_products WHERE product_id IN (SELECT product_id FROM changed_products)
), moves AS (
  SELECT product_id, revision, changed_at, category FROM own WHERE revision > 0 AND category IS NOT NULL
   UNION ALL
  SELECT c.product_id, 0, CAST('1970-01-01 00:00:00+00' AS TIMESTAMP), o.category
    FROM changed_products c LEFT JOIN own o ON o.product_id = c.product_id AND o.revision = 0
), states AS (
  SELECT product_id, revision, category, changed_at AS valid_from FROM moves
), instants AS (
  SELECT * EXCEPT (kept) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY product_id, valid_from ORDER BY revision DESC) = 1 AS kept  FROM states) WHERE kept), versions AS (
  SELECT * EXCEPT (kept) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY valid_from) = 1
         OR category IS DISTINCT FROM LAG(category) OVER (PARTITION BY product_id ORDER BY valid_from) AS kept  FROM instants) WHERE kept), priced AS (
  SELECT product_id, revision, price, changed_at, currency,
         LAG(price) OVER (PARTITION BY product_id ORDER BY CASE WHEN revision = 0 THEN 0 ELSE 1 END, changed_at, revision) AS previous_price
    FROM own WHERE price IS NOT NULL
), prices AS (
  SELECT * EXCEPT (kept) FROM (SELECT product_id, price, previous_price, changed_at, currency, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY CASE WHEN revision = 0 THEN 1 ELSE 0 END, changed_at DESC, revision DESC) = 1 AS kept  FROM priced WHERE price IS DISTINCT FROM previous_price) WHERE kept), named AS (
  SELECT product_id, name, changed_at, position, 0 AS line_number FROM own WHERE name IS NOT NULL
   UNION ALL
  SELECT product_id, product_name, ordered_at, position, line_number FROM stg_order_lines
   WHERE product_id IN (SELECT product_id FROM changed_products)
   UNION ALL
  SELECT product_id, product_name, returned_at, position, line_number FROM stg_returns
   WHERE product_id IN (SELECT product_id FROM changed_products) AND order_id IS NULL
), names AS (
  SELECT * EXCEPT (kept) FROM (SELECT product_id, name, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY changed_at DESC, position DESC, line_number DESC) = 1 AS kept  FROM named WHERE name <> product_id) WHERE kept), seen AS (
  SELECT * EXCEPT (kept) FROM (SELECT product_id, category, ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY position, line_number) = 1 AS kept  FROM (SELECT product_id, category, position, line_number FROM stg_order_lines
           UNION ALL
          SELECT product_id, category, position, line_number FROM stg_returns) sales
   WHERE product_id IN (SELECT product_id FROM changed_products)) WHERE kept)
SELECT v.product_id || '#' || CAST(v.revision AS STRING) AS product_key, v.product_id,
       COALESCE(n.name, v.product_id) AS name, COALESCE(v.category, s.category) AS category,
       p.price, p.previous_price, p.changed_at AS price_since, p.currency,
       v.valid_from, COALESCE(LEAD(v.valid_from) OVER (PARTITION BY v.product_id ORDER BY v.valid_from), CAST('9999-12-31 00:00:00+00' AS TIMESTAMP)) AS valid_to, LEAD(v.valid_from) OVER (PARTITION BY v.product_id ORDER BY v.valid_from) IS NULL AS is_current, l.changed_at AS listed_at
  FROM versions v
  LEFT JOIN prices p ON p.product_id = v.product_id
  LEFT JOIN names n ON n.product_id = v.product_id
  LEFT JOIN seen s ON s.product_id = v.product_id
  LEFT JOIN own l ON l.product_id = v.product_id AND l.revision = 0)) q
""",
    },
    {
        "name": "fact_orders",
        "ids_name": "changed_orders",
        "ids": r"""

SELECT order_id FROM stg_order_lines
 UNION
SELECT order_id FROM stg_orders WHERE status = 'CANCELLED'
 UNION
SELECT order_id FROM stg_order_lines WHERE customer_id IN (SELECT customer_id FROM stg_customers
    WHERE array_contains(changed_fields, 'country') OR array_contains(changed_fields, 'region'))
 UNION
SELECT order_id FROM stg_order_lines WHERE product_id IN (SELECT product_id FROM stg_products WHERE category IS NOT NULL)
""",
        "rows": r"""
SELECT CAST(q.order_id AS STRING) AS order_id, CAST(q.line_number AS INT) AS line_number, CAST(q.date_key AS INT) AS date_key, CAST(q.customer_key AS STRING) AS customer_key, CAST(q.product_key AS STRING) AS product_key, CAST(q.customer_id AS STRING) AS customer_id, CAST(q.product_id AS STRING) AS product_id, CAST(q.product_name AS STRING) AS product_name, CAST(q.category AS STRING) AS category, CAST(q.country AS STRING) AS country, CAST(q.region AS STRING) AS region, CAST(q.currency AS STRING) AS currency, CAST(q.quantity AS INT) AS quantity, CAST(q.unit_price AS DECIMAL(18, 4)) AS unit_price, CAST(q.gross_amount AS DECIMAL(18, 4)) AS gross_amount, CAST(q.discount_amount AS DECIMAL(18, 4)) AS discount_amount, CAST(q.net_amount AS DECIMAL(18, 4)) AS net_amount, CAST(q.exchange_rate AS DECIMAL(25, 10)) AS exchange_rate, CAST(q.gross_reporting AS DECIMAL(18, 4)) AS gross_reporting, CAST(q.discount_reporting AS DECIMAL(18, 4)) AS discount_reporting, CAST(q.net_reporting AS DECIMAL(18, 4)) AS net_reporting, CAST(q.is_cancelled AS BOOLEAN) AS is_cancelled, CAST(q.cancelled_at AS TIMESTAMP) AS cancelled_at, CAST(q.cancelled_date_key AS INT) AS cancelled_date_key, CAST(q.ordered_at AS TIMESTAMP) AS ordered_at, CAST(q.position AS STRING) AS position FROM (SELECT order_id, line_number, date_key, customer_key, product_key, customer_id, product_id, product_name, category, country, region, currency, quantity, unit_price, gross_amount, discount_amount, net_amount, exchange_rate, gross_reporting, discount_reporting, net_reporting, is_cancelled, cancelled_at, cancelled_date_key, ordered_at, position FROM (
SELECT f.order_id, f.line_number, YEAR(f.order_date) * 10000 + MONTH(f.order_date) * 100 + DAY(f.order_date) AS date_key,
       CASE WHEN f.customer_id IS NULL THEN 'guest' ELSE c.customer_key END AS customer_key, p.product_key,
       f.customer_id, f.product_id, f.product_name, f.category, f.country, f.region, f.currency, f.quantity,
       f.unit_price, f.gross AS gross_amount, f.discount AS discount_amount, f.net AS net_amount,
       f.exchange_rate, f.gross_reporting, f.discount_reporting, f.net_reporting,
       x.order_id IS NOT NULL AS is_cancelled, x.changed_at AS cancelled_at, YEAR(x.change_date) * 10000 + MONTH(x.change_date) * 100 + DAY(x.change_date) AS cancelled_date_key,
       f.ordered_at, f.position
  FROM stg_order_lines f
  LEFT JOIN dim_customer c ON c.customer_id = f.customer_id AND f.ordered_at >= c.valid_from AND f.ordered_at < c.valid_to
  LEFT JOIN dim_product p ON p.product_id = f.product_id AND f.ordered_at >= p.valid_from AND f.ordered_at < p.valid_to
  LEFT JOIN stg_orders x ON x.order_id = f.order_id AND x.status = 'CANCELLED'
 WHERE f.order_id IN (SELECT order_id FROM changed_orders))) q
""",
    },
    {
        "name": "fact_returns",
        "ids_name": "changed_returns",
        "ids": r"""

SELECT document_id FROM stg_returns
 UNION
SELECT document_id FROM stg_returns WHERE order_id IN (SELECT order_id FROM stg_order_lines)
 UNION
SELECT document_id FROM stg_returns WHERE order_id IN (SELECT order_id FROM stg_orders WHERE status = 'CANCELLED')
 UNION
SELECT document_id FROM stg_returns WHERE customer_id IN (SELECT customer_id FROM stg_customers
    WHERE array_contains(changed_fields, 'country') OR array_contains(changed_fields, 'region'))
 UNION
SELECT document_id FROM stg_returns WHERE product_id IN (SELECT product_id FROM stg_products WHERE category IS NOT NULL)
""",
        "rows": r"""
SELECT CAST(q.document_id AS STRING) AS document_id, CAST(q.line_number AS INT) AS line_number, CAST(q.order_id AS STRING) AS order_id, CAST(q.date_key AS INT) AS date_key, CAST(q.order_date_key AS INT) AS order_date_key, CAST(q.customer_key AS STRING) AS customer_key, CAST(q.product_key AS STRING) AS product_key, CAST(q.customer_id AS STRING) AS customer_id, CAST(q.product_id AS STRING) AS product_id, CAST(q.product_name AS STRING) AS product_name, CAST(q.category AS STRING) AS category, CAST(q.country AS STRING) AS country, CAST(q.region AS STRING) AS region, CAST(q.currency AS STRING) AS currency, CAST(q.quantity AS INT) AS quantity, CAST(q.return_amount AS DECIMAL(18, 4)) AS return_amount, CAST(q.exchange_rate AS DECIMAL(25, 10)) AS exchange_rate, CAST(q.return_reporting AS DECIMAL(18, 4)) AS return_reporting, CAST(q.order_cancelled AS BOOLEAN) AS order_cancelled, CAST(q.cancelled_date_key AS INT) AS cancelled_date_key, CAST(q.returned_at AS TIMESTAMP) AS returned_at, CAST(q.ordered_at AS TIMESTAMP) AS ordered_at, CAST(q.position AS STRING) AS position FROM (SELECT document_id, line_number, order_id, date_key, order_date_key, customer_key, product_key, customer_id, product_id, product_name, category, country, region, currency, quantity, return_amount, exchange_rate, return_reporting, order_cancelled, cancelled_date_key, returned_at, ordered_at, position FROM (
SELECT f.document_id, f.line_number, f.order_id, YEAR(f.return_date) * 10000 + MONTH(f.return_date) * 100 + DAY(f.return_date) AS date_key,
       YEAR(o.order_date) * 10000 + MONTH(o.order_date) * 100 + DAY(o.order_date) AS order_date_key,
       CASE WHEN f.customer_id IS NULL THEN 'guest' ELSE c.customer_key END AS customer_key, p.product_key,
       f.customer_id, f.product_id, f.product_name, f.category, f.country, f.region, f.currency, f.quantity,
       f.amount AS return_amount, f.exchange_rate, f.amount_reporting AS return_reporting,
       x.order_id IS NOT NULL AS order_cancelled, YEAR(x.change_date) * 10000 + MONTH(x.change_date) * 100 + DAY(x.change_date) AS cancelled_date_key, f.returned_at, f.ordered_at, f.position
  FROM stg_returns f
  LEFT JOIN dim_customer c ON c.customer_id = f.customer_id AND f.returned_at >= c.valid_from AND f.returned_at < c.valid_to
  LEFT JOIN dim_product p ON p.product_id = f.product_id AND f.returned_at >= p.valid_from AND f.returned_at < p.valid_to
  LEFT JOIN stg_order_lines o ON o.order_id = f.order_id AND o.line_number = f.line_number
  LEFT JOIN stg_orders x ON x.order_id = f.order_id AND x.status = 'CANCELLED'
 WHERE f.document_id IN (SELECT document_id FROM changed_returns))) q
""",
    },
]
