-- Dead letters that somebody gave up: events that no build of a projection takes any more. Of the log, not of
-- a generation.
CREATE TABLE tidemark.skipped_events (
  projection text NOT NULL,
  store_identity text NOT NULL,              -- the log that the position belongs to
  position text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  type text NOT NULL,
  refusal text NOT NULL,                     -- what the fold said at last
  reason text NOT NULL,                      -- why it was given up
  skipped_by text NOT NULL,                  -- user and machine
  skipped_at timestamptz NOT NULL DEFAULT now(),
  payload json NOT NULL,                     -- the recorded event
  PRIMARY KEY (projection, store_identity, position)
);

CREATE OR REPLACE VIEW read.projections AS
SELECT projection, generation, version, position, recorded_at, events,
       (SELECT count(*) FROM tidemark.dead_letters d
         WHERE d.projection = g.projection AND d.generation = g.generation) AS dead_letters,
       (SELECT count(*) FROM tidemark.skipped_events s
         WHERE s.projection = g.projection AND s.store_identity = g.store_identity) AS skipped_events
  FROM tidemark.generations g
 WHERE status = 'active';
