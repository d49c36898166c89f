-- Reads several streams, each from a revision on, forwards or backwards. Answers one row for each that has
-- events there. Its columns are like those of tidemark.read_log, but `data` is one JSON array.
CREATE FUNCTION tidemark.read_streams(
  wanted text[],
  firsts integer[],                          -- first revision of each, inclusive
  mosts integer[],                           -- at most so many events of each
  most_bytes bigint,                         -- of data and metadata, before the last event of each
  backwards boolean
) RETURNS TABLE (
  request bigint,                            -- 1, 2, 3 ... in the order of `wanted`
  count bigint,
  bytes bigint,
  positions text,
  streams text,
  revisions text,
  ids text,
  types text,
  occurred text,
  recorded text,
  data text,
  metadata text,
  schema_versions text
)
LANGUAGE plpgsql STABLE
SET enable_seqscan = off
AS $$
BEGIN
  RETURN QUERY
  SELECT r.request, c.*
    FROM unnest(wanted, firsts, mosts) WITH ORDINALITY AS r(stream, first, most, request)
   CROSS JOIN LATERAL (
     SELECT count(*),
            sum(e.size)::bigint,
            string_agg(e.position::text, E'\n'),
            string_agg(e.stream, E'\n'),
            string_agg(e.revision::text, E'\n'),
            string_agg(e.id::text, E'\n'),
            string_agg(e.type, E'\n'),
            encode(string_agg(timestamptz_send(e.occurred_at), ''), 'hex'),
            encode(string_agg(timestamptz_send(e.recorded_at), ''), 'hex'),
            '[' || string_agg(e.data::text, ',') || ']',
            string_agg(e.metadata::text, E'\n'),
            string_agg(e.schema_version::text, E'\n')
       FROM (
         -- octet_length of a stored value does not read the value.
         SELECT s.*, octet_length(s.data::text) + octet_length(s.metadata::text) AS size,
                sum(octet_length(s.data::text) + octet_length(s.metadata::text)) OVER (
                  ORDER BY CASE WHEN backwards THEN -s.revision ELSE s.revision END
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS bytes_before
           FROM (
             (SELECT * FROM tidemark.events e
               WHERE e.stream = r.stream AND e.revision >= r.first AND NOT backwards
               ORDER BY e.revision LIMIT r.most)
             UNION ALL
             (SELECT * FROM tidemark.events e
               WHERE e.stream = r.stream AND e.revision <= r.first AND backwards
               ORDER BY e.revision DESC LIMIT r.most)
           ) s
       ) e
      WHERE coalesce(e.bytes_before, 0) < most_bytes
     HAVING count(*) > 0
   ) c;
END
$$;
