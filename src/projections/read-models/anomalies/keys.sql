ALTER TABLE anomaly_orders ADD PRIMARY KEY (order_id);
ALTER TABLE anomaly_arrivals ADD PRIMARY KEY (position);
