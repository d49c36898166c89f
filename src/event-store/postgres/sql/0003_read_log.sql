-- A run of the log as one row, each column in one piece: a row for each event costs three times as much to
-- send and to read. A line break is a safe separator: names have no control characters, and JSON is stored as
-- it was written, on one line. The run begins after a position, and ends where the first of three bounds is
-- met: so many positions, so many bytes, or `until_position`.
--
-- The answer has nothing that a reader can do without: positions only where a filter leaves gaps, ids and
-- metadata only where they are asked for. The data of each event is on a line of its own, so a reader can
-- take its text as it was written.
--
-- STABLE, so that all statements see the snapshot of the caller's.
CREATE FUNCTION tidemark.read_log(
  after_position bigint,
  until_position bigint,
  most_events integer,
  most_bytes bigint,                         -- of data and metadata, beside the first event
  prefixes text[],                           -- of the streams wanted; NULL: all
  with_metadata boolean,                     -- with ids
  with_schema_versions boolean
) RETURNS TABLE (
  identity uuid,                             -- of the log
  head bigint,                               -- its last position, 0 when it is empty
  through bigint,                            -- last position of the run, NULL when there is none
  through_recorded_ms double precision,
  streams text,                              -- from here on NULL when no event of the run is wanted
  positions text,                            -- NULL without a filter: dense, `through` is the last
  revisions text,
  ids text,
  types text,
  occurred text,                             -- microseconds since 2000, each 64 bits in hexadecimal
  recorded text,
  data text,                                 -- JSON values, separated by a comma and a new line
  metadata text,
  schema_versions text
)
LANGUAGE plpgsql STABLE
-- On a young table without statistics a sequential scan looks cheap, and the plan would be kept while the
-- table grows.
SET enable_seqscan = off
AS $$
DECLARE
  first record;
  last record;
BEGIN
  SELECT e.position, e.log_bytes INTO first
    FROM tidemark.events e WHERE e.position > after_position ORDER BY e.position LIMIT 1;
  -- log_bytes grows along the log, so the run ends at the last row that is within all bounds.
  SELECT e.position, e.recorded_at INTO last
    FROM tidemark.events e
   WHERE e.position > after_position
     AND e.position < first.position + most_events
     AND e.position <= until_position
     AND e.log_bytes <= first.log_bytes + most_bytes
   ORDER BY e.position DESC
   LIMIT 1;

  RETURN QUERY
  SELECT (SELECT l.identity FROM tidemark.event_log l),
         coalesce((SELECT max(e.position) FROM tidemark.events e), 0),
         last.position,
         date_part('epoch', last.recorded_at) * 1000,
         string_agg(e.stream, E'\n'),
         string_agg(e.position::text, E'\n') FILTER (WHERE prefixes IS NOT NULL),
         string_agg(e.revision::text, E'\n'),
         string_agg(e.id::text, E'\n') FILTER (WHERE with_metadata),
         string_agg(e.type, E'\n'),
         encode(string_agg(timestamptz_send(e.occurred_at), ''), 'hex'),
         encode(string_agg(timestamptz_send(e.recorded_at), ''), 'hex'),
         string_agg(e.data::text, E',\n'),
         string_agg(e.metadata::text, E'\n') FILTER (WHERE with_metadata),
         string_agg(e.schema_version::text, E'\n') FILTER (WHERE with_schema_versions)
    FROM (SELECT * FROM tidemark.events e
           WHERE e.position > after_position AND e.position <= last.position
             AND (prefixes IS NULL OR e.stream ^@ ANY (prefixes))
           ORDER BY e.position) e;
END
$$;
