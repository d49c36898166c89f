-- Orders that batches after their own have cancelled: their rows are deleted at the end.
CREATE TABLE anomaly_cancelled (
  order_id text COLLATE "C" NOT NULL,
  position text COLLATE "C" NOT NULL         -- of the cancellation
) WITH (autovacuum_enabled = false);
