-- Appends to many streams in one transaction, each decided alone. Streams must differ within one call. It
-- answers as tidemark.append_each does. But where each append has one event and finds its stream where it
-- expects it, the answer is a single row:
--   all       every append is written; `position` is that of the last event
-- tidemark.append is for processes of the version before, which may run beside those of this one.
CREATE FUNCTION tidemark.append_batch(
  streams text[],                            -- one element for each append
  expected integer[],                        -- a revision; -1: no stream; -2: any; -4: a stream that exists
  counts integer[],                          -- how many of the events below are its own
  ids uuid[],                                -- one element for each event, append after append
  types text[],
  schema_versions integer[],
  occurred timestamptz[],
  data text[],                               -- JSON
  metadata text[],
  bytes_through integer[]                    -- of data and metadata, from the call's first event to this one
) RETURNS TABLE (outcome text, revision integer, "position" bigint)
LANGUAGE plpgsql VOLATILE
-- On a young table without statistics a sequential scan looks cheap, and the plan would be kept while the
-- table grows.
SET enable_seqscan = off
AS $$
DECLARE
  head bigint;
  bytes bigint;
  recorded timestamptz;
BEGIN
  -- One writer at a time, until its commit: so positions are dense, their order is the order of commits, and
  -- no reader can see a position before a lower one. The lock is a statement of its own, so that those below
  -- see what the last writer committed.
  PERFORM pg_advisory_xact_lock(7411680272);

  SELECT e.position, e.log_bytes, e.recorded_at INTO head, bytes, recorded
    FROM tidemark.events e ORDER BY e.position DESC LIMIT 1;
  head := coalesce(head, 0);
  bytes := coalesce(bytes, 0);
  recorded := greatest(recorded, date_trunc('milliseconds', clock_timestamp()));

  -- Nearly always each append has one event, and its stream is where it is expected: one INSERT then. It
  -- fails on the table's key where a stream has more events, and where one has fewer, that is looked for.
  -- Either way nothing stays of it, and each append is decided below. A caught error is not in the log of
  -- the server.
  IF 1 = ALL (counts) AND -1 <= ALL (expected) THEN
    BEGIN
      INSERT INTO tidemark.events
        (position, stream, revision, id, type, schema_version, occurred_at, recorded_at, log_bytes,
         data, metadata)
      SELECT head + e.i, e.stream, expected[e.i] + 1, ids[e.i], types[e.i], schema_versions[e.i],
             occurred[e.i], recorded, bytes + bytes_through[e.i],
             tidemark.as_kept(data[e.i]), tidemark.as_kept(metadata[e.i])
        FROM unnest(streams) WITH ORDINALITY AS e(stream, i);
      IF 0 <= ANY (expected) THEN
        -- A subquery for each stream: of a join, a young log is given a plan that reads the whole index, and
        -- it would be kept while the log grows.
        PERFORM FROM unnest(streams, expected) AS a(stream, revision)
          WHERE a.revision >= 0
            AND (SELECT e.revision FROM tidemark.events e
                  WHERE e.stream = a.stream AND e.revision = a.revision) IS NULL;
        IF FOUND THEN
          RAISE unique_violation;
        END IF;
      END IF;
      outcome := 'all';
      position := head + cardinality(streams);
      PERFORM pg_notify('tidemark_events', position::text);
      RETURN NEXT;
      RETURN;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END IF;

  RETURN QUERY
  SELECT * FROM tidemark.append_each(head, bytes, recorded, streams, expected, counts, ids, types,
                                     schema_versions, occurred, data, metadata, bytes_through);
END
$$;
