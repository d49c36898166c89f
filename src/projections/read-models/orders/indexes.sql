-- As the API lists them: by the time of the order, then by its place in the log.
CREATE INDEX orders_by_time ON orders (placed_at, placed_position);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, placed_position);
CREATE INDEX orders_by_status ON orders (status, placed_at, placed_position);
