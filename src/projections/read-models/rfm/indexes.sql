CREATE INDEX rfm_customers_by_recency ON rfm_customers (last_order_at, customer_id) WHERE frequency > 0;
CREATE INDEX rfm_customers_by_frequency ON rfm_customers (frequency, customer_id) WHERE frequency > 0;
CREATE INDEX rfm_customers_by_monetary ON rfm_customers (monetary, customer_id) WHERE frequency > 0;
CREATE INDEX rfm_moves_by_customer ON rfm_moves (customer_id, position);
