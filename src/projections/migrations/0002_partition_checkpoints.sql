-- The checkpoints of the partitions of a generation that Kafka feeds; generations.position is the lowest of
-- them. A generation without rows here is fed from the event store.
CREATE TABLE tidemark.partition_checkpoints (
  projection text NOT NULL,
  generation integer NOT NULL,
  topic text COLLATE "C" NOT NULL,           -- without the prefix of names in Kafka
  partition integer NOT NULL,
  position text COLLATE "C" NOT NULL,        -- everything of the partition up to here is in the tables
  recorded_at timestamptz,                   -- of the event at `position`
  commits bigint NOT NULL DEFAULT 0,         -- raised by every transaction: compare-and-set
  PRIMARY KEY (projection, generation, topic, partition),
  FOREIGN KEY (projection, generation) REFERENCES tidemark.generations ON DELETE CASCADE
);
