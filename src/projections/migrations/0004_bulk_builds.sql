ALTER TABLE tidemark.generations
  ADD COLUMN bulk boolean NOT NULL DEFAULT false; -- its tables are being filled by the bulk build

-- Orders up to version 3 have lines and history as JSON in their own row. Until the rebuild that a new
-- program begins has ended, they are read from there: `read.order_events` shows them as version 4 has them.
DO $$
DECLARE
  source text;
BEGIN
  SELECT g.schema_name INTO source
    FROM tidemark.generations g
   WHERE g.projection = 'orders' AND g.status = 'active' AND g.version <= 3;
  IF source IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format($view$
    CREATE VIEW read.order_events AS
    SELECT o.order_id,
           (e.entry ->> 'revision')::integer AS revision,
           e.entry ->> 'position' COLLATE "C" AS position,
           e.entry ->> 'type' AS type,
           to_timestamp((e.entry ->> 'at')::numeric / 1000) AS occurred_at,
           (e.entry -> 'details')::text AS details,
           CASE e.entry ->> 'type' WHEN 'OrderPlaced' THEN o.lines END AS lines
      FROM %I.orders o, json_array_elements(o.history::json) AS e(entry)
  $view$, source);
END
$$;
