-- Where a run of the log ends that is to be read by COPY, which takes no limit of bytes: behind so many
-- events, before their data and metadata have more than so many bytes, and at `until_position`. Its first
-- event always belongs to it.
--
-- log_bytes grows along the log, so the end is found by bisection: some twenty look-ups, however long the run
-- is. STABLE, so that all of them see the snapshot of the caller's.
CREATE FUNCTION tidemark.run_end(
  after_position bigint,
  until_position bigint,
  most_events bigint,
  most_bytes bigint
) RETURNS TABLE (
  identity uuid,                             -- of the log
  head bigint,                               -- its last position, 0 when it is empty
  through bigint                             -- last position of the run, NULL when there is none
)
LANGUAGE plpgsql STABLE
-- On a young table without statistics a sequential scan looks cheap, and the plan would be kept while the
-- table grows.
SET enable_seqscan = off
AS $$
DECLARE
  first record;
  low bigint;                                -- within all limits
  high bigint;                               -- nothing behind it is
  middle bigint;
  bytes bigint;
BEGIN
  SELECT l.identity INTO identity FROM tidemark.event_log l;
  SELECT coalesce(max(e.position), 0) INTO head FROM tidemark.events e;
  SELECT e.position, e.log_bytes - octet_length(e.data::text) - octet_length(e.metadata::text) AS bytes_before
    INTO first
    FROM tidemark.events e
   WHERE e.position > after_position AND e.position <= until_position
   ORDER BY e.position
   LIMIT 1;
  low := first.position;
  high := least(first.position - 1 + least(most_events, head), until_position, head);
  WHILE low < high LOOP
    middle := low + (high - low + 1) / 2;
    SELECT e.log_bytes INTO bytes
      FROM tidemark.events e WHERE e.position <= middle ORDER BY e.position DESC LIMIT 1;
    IF bytes - first.bytes_before <= most_bytes THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  through := low;
  RETURN NEXT;
END
$$;
