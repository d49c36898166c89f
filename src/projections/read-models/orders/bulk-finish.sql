ANALYZE orders_placed, orders_changed;

-- A table that is emptied in the same transaction needs no write-ahead log where wal_level is minimal.
TRUNCATE orders;

-- An event of an order that was not placed before it makes a row without a place in the log: NOT NULL refuses
-- it. The last status is that of the highest position; positions of one log have one length.
INSERT INTO orders
SELECT order_id,
       coalesce(c.status, p.status),
       coalesce(c.revision, p.revision),
       p.customer_id, p.country, p.region, p.currency, p.exchange_rate, p.gross, p.discounts,
       p.returns + coalesce(c.returns, 0),
       p.shipping, p.tax,
       p.refunded_shipping + coalesce(c.shipping, 0),
       p.refunded_tax + coalesce(c.tax, 0),
       p.total, p.placed_at,
       CASE WHEN c.first_position < p.placed_position THEN NULL ELSE p.placed_position END,
       coalesce(c.position, p.updated_position)
  FROM orders_placed p
  FULL JOIN (
    SELECT order_id,
           substr(max(position || status), length(max(position)) + 1) AS status,
           max(revision) AS revision,
           sum(returns)::bigint AS returns,
           sum(shipping)::bigint AS shipping,
           sum(tax)::bigint AS tax,
           min(first_position) AS first_position,
           max(position) AS position
      FROM orders_changed
     GROUP BY order_id) c USING (order_id);

DROP TABLE orders_placed, orders_changed;
