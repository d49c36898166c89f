-- Decides each append of a batch alone: one that conflicts writes nothing and hinders no other. Streams must
-- differ within one call. Answers one row for each append, in their order:
--   written   the events are in the log now
--   resent    they were there already: this append was sent before
--   conflict  the stream is at another revision than expected; `revision` says which (-1: no such stream)
-- Of an append that did not conflict, `revision` and `position` are those of its last event.
-- tidemark.append_batch calls it, under the lock that it has taken.
CREATE FUNCTION tidemark.append_each(
  head bigint,                               -- position of the log's last event
  bytes bigint,                              -- its log_bytes
  recorded timestamptz,                      -- when the events are recorded
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
  first_head bigint := head;
  next_event integer := 1;                   -- index of the current append's first event
  -- One element for each event; position stays NULL for one that is not to be written.
  event_positions bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(ids)]);
  event_streams text[] := array_fill(NULL::text, ARRAY[cardinality(ids)]);
  event_revisions integer[] := array_fill(NULL::integer, ARRAY[cardinality(ids)]);
  event_log_bytes bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(ids)]);
  append record;
BEGIN
  FOR append IN
    SELECT a.stream, a.expected, a.count, coalesce(last.revision, -1) AS actual
      FROM unnest(streams, expected, counts) WITH ORDINALITY AS a(stream, expected, count, ordinal)
      LEFT JOIN LATERAL (
        SELECT e.revision FROM tidemark.events e WHERE e.stream = a.stream ORDER BY e.revision DESC LIMIT 1
      ) last ON true
     ORDER BY a.ordinal
  LOOP
    IF append.expected = append.actual
       OR append.expected = -2
       OR (append.expected = -4 AND append.actual >= 0) THEN
      FOR i IN 0 .. append.count - 1 LOOP
        event_positions[next_event + i] := head + 1 + i;
        event_streams[next_event + i] := append.stream;
        event_revisions[next_event + i] := append.actual + 1 + i;
        bytes := bytes + bytes_through[next_event + i] - coalesce(bytes_through[next_event + i - 1], 0);
        event_log_bytes[next_event + i] := bytes;
      END LOOP;
      head := head + append.count;
      outcome := 'written';
      revision := append.actual + append.count;
      position := head;
    ELSE
      outcome := 'conflict';
      revision := append.actual;
      position := NULL;
      IF append.expected >= -1 AND append.expected + append.count <= append.actual THEN
        SELECT 'resent', append.expected + append.count, max(e.position) INTO outcome, revision, position
          FROM tidemark.events e
         WHERE e.stream = append.stream
           AND e.revision > append.expected AND e.revision <= append.expected + append.count
        HAVING array_agg(e.id ORDER BY e.revision) = ids[next_event : next_event + append.count - 1];
        IF outcome IS NULL THEN
          outcome := 'conflict';
          revision := append.actual;
        END IF;
      END IF;
    END IF;
    next_event := next_event + append.count;
    RETURN NEXT;
  END LOOP;

  IF head = first_head THEN
    RETURN;
  END IF;
  -- Subscripts, because an unnest of all these arrays would copy every value once more.
  INSERT INTO tidemark.events
    (position, stream, revision, id, type, schema_version, occurred_at, recorded_at, log_bytes,
     data, metadata)
  SELECT e.position, event_streams[e.i], event_revisions[e.i], ids[e.i], types[e.i], schema_versions[e.i],
         occurred[e.i], recorded, event_log_bytes[e.i], tidemark.as_kept(data[e.i]),
         tidemark.as_kept(metadata[e.i])
    FROM unnest(event_positions) WITH ORDINALITY AS e(position, i)
   WHERE e.position IS NOT NULL;
  PERFORM pg_notify('tidemark_events', head::text);
END
$$;
