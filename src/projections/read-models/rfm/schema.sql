-- Every customer that an order or credit note named. In the population while frequency > 0. Its key is in
-- keys.sql.
CREATE TABLE rfm_customers (
  customer_id text COLLATE "C" NOT NULL,
  last_order_at timestamptz,                 -- R: time of the last valid order; null without one
  frequency integer NOT NULL,                -- F: valid orders
  monetary numeric NOT NULL,                 -- M: net sales, reporting minor units; may pass 64 bits
  unconverted integer NOT NULL               -- orders and credit notes that are not in M: no rate
) WITH (fillfactor = 70);                    -- room for a row's next version on its own page

-- The valid orders of each customer; a cancellation deletes its row and R goes back to the last one left.
CREATE TABLE rfm_orders (
  customer_id text COLLATE "C" NOT NULL,
  ordered_at timestamptz NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (customer_id, ordered_at, order_id)
);

-- The first key of every bucket but the lowest, exactly as NTILE deals them at this position. A customer's
-- score is one more than the number of cuts of the measure that are not above its own key; keys compare as
-- (key, customer_id), ids as bytes.
CREATE TABLE rfm_cuts (
  measure text NOT NULL,                     -- R (key: Unix ms), F, M: 5 buckets, 5 best. T: 3 of -M, 1 = VIP
  bucket smallint NOT NULL,                  -- 2 .. 5 (T: 2 .. 3); absent while there are fewer customers
  key numeric NOT NULL,                      -- a whole number
  customer_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (measure, bucket)
);

CREATE TABLE rfm_totals (
  one boolean PRIMARY KEY,                   -- a single row; none before StoreConfigured
  population bigint NOT NULL,
  reporting_currency text NOT NULL
);

-- A customer's own event moved it from one segment or tier to another. The drift that other customers' events
-- cause is read from the cuts, not pushed. Its key is in keys.sql.
CREATE TABLE rfm_moves (
  position text COLLATE "C" NOT NULL,        -- of the event that caused it
  customer_id text COLLATE "C" NOT NULL,
  from_segment text,                         -- null: was not in the population
  to_segment text,                           -- null: left the population
  from_tier text,
  to_tier text,
  cause text NOT NULL,                       -- the event's type
  document_id text NOT NULL,                 -- the order or credit note
  occurred_at timestamptz NOT NULL
);
