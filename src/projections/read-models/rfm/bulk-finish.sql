-- A table that is emptied in the same transaction needs no write-ahead log where wal_level is minimal.
TRUNCATE rfm_customers;

INSERT INTO rfm_customers
SELECT DISTINCT ON (customer_id) customer_id, last_order_at, frequency, monetary, unconverted
  FROM rfm_customers_changed
 ORDER BY customer_id, position DESC;

DROP TABLE rfm_customers_changed;
