-- The generations of each projection, and up to where each has the log in its tables.
CREATE SCHEMA IF NOT EXISTS tidemark;
CREATE SCHEMA IF NOT EXISTS read;

CREATE TABLE tidemark.generations (
  projection text NOT NULL,
  generation integer NOT NULL,
  version integer NOT NULL,                  -- of the projection's code
  schema_name text NOT NULL UNIQUE,
  status text NOT NULL,                      -- building, ready (set aside), active (published), retired
  indexed boolean NOT NULL DEFAULT false,    -- has the indexes that only readers need
  store_identity text NOT NULL,              -- the log that the checkpoint belongs to
  position text COLLATE "C" NOT NULL,        -- the checkpoint; '' before the first event
  recorded_at timestamptz,                   -- of the event at `position`
  events bigint NOT NULL DEFAULT 0,          -- events read so far
  commits bigint NOT NULL DEFAULT 0,         -- raised by every transaction: compare-and-set
  created_at timestamptz NOT NULL DEFAULT now(),
  switched_at timestamptz,
  PRIMARY KEY (projection, generation)
);
CREATE UNIQUE INDEX one_active_generation ON tidemark.generations (projection) WHERE status = 'active';

-- Events that a fold refused, and the later events of their streams, which wait behind them.
CREATE TABLE tidemark.dead_letters (
  projection text NOT NULL,
  generation integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  type text NOT NULL,
  reason text,                               -- what the fold said; NULL: the event waits behind a refused one
  payload json NOT NULL,                     -- the recorded event, without metadata
  parked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (projection, generation, position),
  FOREIGN KEY (projection, generation) REFERENCES tidemark.generations ON DELETE CASCADE
);
CREATE INDEX dead_letters_by_stream ON tidemark.dead_letters (projection, generation, stream, position);

-- Dead letters that somebody gave up. They belong to the log, not to a generation: none folds them again.
CREATE TABLE tidemark.skipped_events (
  projection text NOT NULL,
  store_identity text NOT NULL,              -- the log that the position belongs to
  position text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  type text NOT NULL,
  refusal text NOT NULL,                     -- what the fold said last
  reason text NOT NULL,                      -- why it was given up
  skipped_by text NOT NULL,                  -- user and machine
  skipped_at timestamptz NOT NULL DEFAULT now(),
  payload json NOT NULL,                     -- the recorded event
  PRIMARY KEY (projection, store_identity, position)
);

-- The published generations: those that the views of schema `read` show.
CREATE VIEW read.projections AS
SELECT projection, generation, version, position, recorded_at, events,
       (SELECT count(*) FROM tidemark.dead_letters d
         WHERE d.projection = g.projection AND d.generation = g.generation) AS dead_letters,
       (SELECT count(*) FROM tidemark.skipped_events s
         WHERE s.projection = g.projection AND s.store_identity = g.store_identity) AS skipped_events
  FROM tidemark.generations g
 WHERE status = 'active';
