-- Which generations of which projections there are, and how far each has read the log.
CREATE SCHEMA IF NOT EXISTS tidemark;
CREATE SCHEMA IF NOT EXISTS read;

CREATE TABLE tidemark.generations (
  projection text NOT NULL,
  generation integer NOT NULL,
  version integer NOT NULL,                  -- of the projection's code
  schema_name text NOT NULL UNIQUE,
  status text NOT NULL,                      -- building, ready (built, not switched to), active, retired
  indexed boolean NOT NULL DEFAULT false,    -- indexes are made when a build has caught up
  store_identity text NOT NULL,              -- the log that the checkpoint belongs to
  position text COLLATE "C" NOT NULL,        -- checkpoint; '' before the first event
  recorded_at timestamptz,                   -- of the event at `position`
  events bigint NOT NULL DEFAULT 0,          -- events read so far
  commits bigint NOT NULL DEFAULT 0,         -- raised by every transaction that changes the generation: compare-and-set
  created_at timestamptz NOT NULL DEFAULT now(),
  switched_at timestamptz,
  PRIMARY KEY (projection, generation)
);
CREATE UNIQUE INDEX one_active_generation ON tidemark.generations (projection) WHERE status = 'active';

-- Events that a fold could not take, and the later events of their streams that wait behind them.
CREATE TABLE tidemark.dead_letters (
  projection text NOT NULL,
  generation integer NOT NULL,
  position text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  type text NOT NULL,
  reason text,                               -- null: parked only because its stream is
  payload json NOT NULL,                     -- the recorded event, without metadata
  parked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (projection, generation, position),
  FOREIGN KEY (projection, generation) REFERENCES tidemark.generations ON DELETE CASCADE
);
CREATE INDEX dead_letters_by_stream ON tidemark.dead_letters (projection, generation, stream, position);

-- How far what the views of schema `read` show has read the log.
CREATE VIEW read.projections AS
SELECT projection, generation, version, position, recorded_at, events,
       (SELECT count(*) FROM tidemark.dead_letters d
         WHERE d.projection = g.projection AND d.generation = g.generation) AS dead_letters
  FROM tidemark.generations g
 WHERE status = 'active';
