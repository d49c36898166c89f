-- Customers as a batch left them, one row a batch that changed them: their last rows count.
CREATE TABLE rfm_customers_changed (
  customer_id text COLLATE "C" NOT NULL,
  last_order_at timestamptz,
  frequency integer NOT NULL,
  monetary numeric NOT NULL,
  unconverted integer NOT NULL,
  position text COLLATE "C" NOT NULL         -- of the last event of the batch that changed customers
) WITH (autovacuum_enabled = false);
