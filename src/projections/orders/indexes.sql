CREATE INDEX orders_by_position ON orders (placed_position);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_position);
CREATE INDEX orders_by_status ON orders (status, placed_position);
