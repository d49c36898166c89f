-- Order totals as statistics, per currency. Sums are exact integers of minor units.
CREATE TABLE anomaly_population (
  currency text PRIMARY KEY,
  population bigint NOT NULL,                -- n: valid (not cancelled) orders
  sum numeric NOT NULL,                      -- S
  sum_squares numeric NOT NULL               -- Q
);

-- Every valid order. A cancelled order's row is deleted. Its key is in keys.sql.
CREATE TABLE anomaly_orders (
  order_id text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL,                    -- the order's total
  log_bucket integer NOT NULL,               -- floor(1024 x log2 amount), in integers; -1 for amount 0
  position text COLLATE "C" NOT NULL,        -- where the order was placed
  placed_at timestamptz NOT NULL
);

-- How many valid orders fall into each logarithmic bucket (amounts above zero only), 64 neighbouring buckets
-- a row: nearly every order has a bucket to itself, and a row for each would be written as often.
CREATE TABLE anomaly_buckets (
  currency text NOT NULL,
  first_bucket integer NOT NULL,             -- a multiple of 64
  orders integer[] NOT NULL,                 -- of buckets first_bucket, first_bucket + 1 ...
  PRIMARY KEY (currency, first_bucket)
) WITH (fillfactor = 70);                    -- room for a row's next version on its own page

-- AT_ARRIVAL: orders that lay more than one standard deviation from the mean of all earlier valid orders (n
-- >= 6), with the statistics they were held against. Immutable: later orders and cancellations never change a
-- row. Its key is in keys.sql.
CREATE TABLE anomaly_arrivals (
  position text COLLATE "C" NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  amount bigint NOT NULL,
  population bigint NOT NULL,
  sum numeric NOT NULL,
  sum_squares numeric NOT NULL,
  -- Rounded away from zero to 6 decimals, so that |z_score| > T is exact for any T of up to 6 decimals.
  z_score numeric NOT NULL,
  placed_at timestamptz NOT NULL
);
