-- The lease of the bridge: one process at a time carries the log to Kafka.
CREATE TABLE tidemark.bridge_lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch integer NOT NULL DEFAULT 0,          -- raised by every take-over and every recovery
  holder text,                               -- process that has it; NULL: nobody
  expires_at timestamptz NOT NULL DEFAULT '-infinity',
  producer_id bigint,                        -- by which Kafka knows all bridges; its epoch is epoch - producer_since
  producer_since integer,
  confirmed text COLLATE "C" NOT NULL DEFAULT '', -- all topics have acknowledged the log up to this position
  state text NOT NULL DEFAULT 'connecting',  -- of the holder
  reason text                                -- why it is in that state
);
INSERT INTO tidemark.bridge_lease DEFAULT VALUES;

-- With how many partitions a topic was first used. A stream stays in its partition as long as that number is
-- kept.
CREATE TABLE tidemark.bridge_topics (
  topic text COLLATE "C" PRIMARY KEY,        -- with its prefix
  partitions integer NOT NULL
);
