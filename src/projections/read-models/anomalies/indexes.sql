CREATE INDEX anomaly_orders_by_amount ON anomaly_orders (currency, amount, position);
CREATE INDEX anomaly_arrivals_by_score ON anomaly_arrivals (currency, position) INCLUDE (z_score);
