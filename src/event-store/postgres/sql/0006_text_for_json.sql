-- `json` only validates, and what is appended was made by JSON.stringify: data and metadata become text. It
-- has the same bytes, so no row is rewritten where a cast says so, which takes a superuser. Elsewhere a small
-- table is rewritten, and a large one stays as it is: whoever reads takes either.
DO $$
DECLARE
  small_bytes CONSTANT bigint := 64 * 1024 * 1024;
  kept text;
BEGIN
  BEGIN
    CREATE CAST (json AS text) WITHOUT FUNCTION;
    ALTER TABLE tidemark.events
      ALTER data TYPE text USING data::text, ALTER metadata TYPE text USING metadata::text;
    DROP CAST (json AS text);
  EXCEPTION WHEN insufficient_privilege OR duplicate_object THEN
    IF pg_table_size('tidemark.events') < small_bytes THEN
      ALTER TABLE tidemark.events
        ALTER data TYPE text USING data::text, ALTER metadata TYPE text USING metadata::text;
    END IF;
  END;
  SELECT format_type(atttypid, NULL) INTO kept
    FROM pg_attribute WHERE attrelid = 'tidemark.events'::regclass AND attname = 'data';
  -- A JSON text as the table holds it. The planner puts the body in the place of the call.
  EXECUTE format(
    'CREATE FUNCTION tidemark.as_kept(value text) RETURNS %1$s LANGUAGE sql IMMUTABLE
     AS $f$ SELECT value::%1$s $f$',
    kept);
END
$$;
