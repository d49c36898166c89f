-- The log. Rows are only ever added, and only by tidemark.append.
CREATE TABLE tidemark.events (
  position bigint PRIMARY KEY,               -- 1, 2, 3 ... without a gap, in the order of commit
  stream text COLLATE "C" NOT NULL,
  revision integer NOT NULL,                 -- 0, 1, 2 ... within the stream
  id uuid NOT NULL,                          -- may repeat: a client may append the same event to two streams
  type text NOT NULL,
  schema_version smallint NOT NULL,          -- of the data's shape; metadata has it, too
  occurred_at timestamptz NOT NULL,          -- business time
  recorded_at timestamptz NOT NULL,          -- never decreases along the log
  log_bytes bigint NOT NULL,                 -- of data and metadata, from the first event to this one
  data json NOT NULL,                        -- json, not jsonb: text in, the same text out
  metadata json NOT NULL,
  UNIQUE (stream, revision)
);

-- Which log this is. A checkpoint belongs to one identity.
CREATE TABLE tidemark.event_log (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  identity uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO tidemark.event_log DEFAULT VALUES;
