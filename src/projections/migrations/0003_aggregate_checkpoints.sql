-- Up to where the changes of the read models are in topic `order-aggregates`, for each kind of change. With
-- another event store they are published from the beginning.
CREATE TABLE tidemark.aggregate_checkpoints (
  store_identity text NOT NULL,              -- the log that the position belongs to
  kind text NOT NULL,                        -- type of the CloudEvents
  position text COLLATE "C" NOT NULL,        -- moved by compare-and-set; '' before the first change
  PRIMARY KEY (store_identity, kind)
);
