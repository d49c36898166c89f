ALTER TABLE orders ADD PRIMARY KEY (order_id);
ALTER TABLE order_events ADD PRIMARY KEY (order_id, position);
