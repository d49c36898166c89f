-- Orders as the batch left them that placed them.
CREATE TABLE orders_placed (LIKE orders) WITH (autovacuum_enabled = false);

-- What later batches did to an order, one row a batch that did something.
CREATE TABLE orders_changed (
  order_id text COLLATE "C" NOT NULL,
  status text,                               -- null: as it was
  revision integer NOT NULL,
  returns bigint NOT NULL,                   -- to be added, as the two below
  shipping bigint NOT NULL,
  tax bigint NOT NULL,
  first_position text COLLATE "C" NOT NULL,  -- of the events of the batch
  position text COLLATE "C" NOT NULL         -- of the last of them
) WITH (autovacuum_enabled = false);
