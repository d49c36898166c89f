/**
 * The session's temporary tables. An import reads its file into them, so the lines of an order may stand
 * anywhere in it, and memory holds a few batches only.
 */
export const CREATE_TABLES = `
  SET temp_buffers = '64MB';
  SET work_mem = '64MB';
  CREATE TEMP TABLE import_lines (
    row_number int NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    ordered_at int8,            -- Unix milliseconds; null where the row says none
    quantity_sign int2,         -- null where the quantity could not be read, or the row sells nothing
    refused boolean NOT NULL,   -- import_rejects says why
    cells text NOT NULL         -- JSON array
  );
  CREATE TEMP TABLE import_rejects (
    row_number int NOT NULL,
    document_id text COLLATE "C" NOT NULL,
    label text,                 -- null where another row is the reason
    detail text,
    whole boolean NOT NULL,     -- the other rows of the document are left out as well
    with_row int                -- the first row that is a reason, where this one is none
  );
  CREATE TEMP TABLE import_kinds (
    document_id text COLLATE "C" NOT NULL,
    is_credit_note boolean NOT NULL
  );
  CREATE TEMP TABLE import_documents (
    number int NOT NULL,        -- 1, 2, 3 ... in the order in which they are imported
    document_id text COLLATE "C" NOT NULL,
    is_credit_note boolean NOT NULL,
    ordered_at int8,            -- null where no row says it
    last_ordered_at int8,
    lines int NOT NULL,
    lines_through int8 NOT NULL -- lines of the documents up to and with this one
  )`;

export const INSERT_LINES = `
  INSERT INTO import_lines
  SELECT * FROM unnest($1::int[], $2::text[], $3::int8[], $4::int[], $5::bool[], $6::text[])`;

export const INSERT_REJECTS = `
  INSERT INTO import_rejects (row_number, document_id, label, detail, whole)
  SELECT row_number, document_id, label, detail, $5
  FROM unnest($1::int[], $2::text[], $3::text[], $4::text[])
    AS reject (row_number, document_id, label, detail)`;

/** Takes the rows out, to be read again and added anew. */
export const SET_ASIDE = `
  CREATE INDEX ON import_lines (row_number);
  ALTER TABLE import_lines RENAME TO import_rows_before;
  CREATE TEMP TABLE import_lines (LIKE import_rows_before);
  TRUNCATE import_rejects`;

export const SELECT_ROWS_BEFORE = `
  SELECT row_number, cells FROM import_rows_before WHERE row_number > $1 ORDER BY row_number LIMIT 1000`;

export const DROP_ROWS_BEFORE = 'DROP TABLE import_rows_before';

/**
 * Decides what is a credit note by every readable quantity, also of rows that were refused for another
 * reason: a bad cell elsewhere must not make an order of it.
 */
export const INSERT_KINDS = `
  INSERT INTO import_kinds
  SELECT document_id,
    ($1 <> '' AND starts_with(document_id, $1)) OR coalesce(bool_and(quantity_sign < 0), false)
  FROM import_lines
  WHERE document_id <> ''
  GROUP BY document_id`;

export const REFUSE_WRONG_SIGNS = `
  WITH wrong AS (
    UPDATE import_lines line SET refused = true
    FROM import_kinds kind
    WHERE kind.document_id = line.document_id
      AND NOT line.refused
      AND (line.quantity_sign < 0) <> kind.is_credit_note
    RETURNING line.row_number, line.document_id, kind.is_credit_note
  )
  INSERT INTO import_rejects (row_number, document_id, label, detail, whole)
  SELECT row_number, document_id, 'quantity of the wrong sign',
    CASE WHEN is_credit_note THEN 'a credit note takes back' ELSE 'an order sells' END, $1
  FROM wrong`;

/** Rows without an order's id are no document: they are rejected one by one. */
export const INSERT_DOCUMENTS = `
  INSERT INTO import_documents
  SELECT row_number() OVER earlier, document_id, is_credit_note, ordered_at, last_ordered_at, lines,
    sum(lines) OVER earlier
  FROM (
    SELECT document_id, is_credit_note, coalesce(min(ordered_at), $1) AS ordered_at,
      max(ordered_at) AS last_ordered_at, count(*) AS lines
    FROM import_lines JOIN import_kinds USING (document_id)
    GROUP BY document_id, is_credit_note
  ) AS document
  WINDOW earlier AS (ORDER BY ordered_at, document_id)`;

export const INDEX_TABLES = `
  CREATE UNIQUE INDEX ON import_documents (number);
  CREATE INDEX ON import_lines (document_id, row_number);
  CREATE INDEX ON import_rejects (document_id);
  ANALYZE import_lines;
  ANALYZE import_documents`;

export const COUNT_DOCUMENTS = `SELECT count(*)::int AS documents FROM import_documents`;

/** The documents after number $1 with at most $2 lines in all, or the next one alone where it has more. */
export const SELECT_DOCUMENTS = `
  WITH start AS (SELECT coalesce((SELECT lines_through FROM import_documents WHERE number = $1), 0) AS lines),
  page AS MATERIALIZED (
    SELECT document.* FROM import_documents document, start
    WHERE document.number > $1 AND document.number <= $1 + $2
      AND (document.lines_through <= start.lines + $2 OR document.number = $1 + 1)
  )
  SELECT page.number, page.document_id, page.is_credit_note, page.ordered_at::float8 AS ordered_at,
    page.last_ordered_at::float8 AS last_ordered_at, page.lines, line.row_number, line.refused, line.cells
  FROM page
  LEFT JOIN import_lines line ON line.document_id = page.document_id AND page.lines <= $3
  ORDER BY page.number, line.row_number`;

export const DELETE_REJECTS = 'DELETE FROM import_rejects WHERE document_id = $1';

/** Refuses a document that has too many lines to be read, by its first row. */
export const REFUSE_DOCUMENT = `
  INSERT INTO import_rejects (row_number, document_id, label, detail, whole)
  SELECT min(row_number), document_id, $2, $3, true
  FROM import_lines WHERE document_id = $1 GROUP BY document_id`;

/** Rejects the other rows of the documents that are left out as a whole. */
export const COMPLETE_REJECTS = `
  CREATE INDEX ON import_rejects (row_number);
  ANALYZE import_rejects;
  INSERT INTO import_rejects (row_number, document_id, whole, with_row)
  SELECT line.row_number, line.document_id, true, refused.row_number
  FROM (
    SELECT document_id, min(row_number) AS row_number FROM import_rejects
    WHERE document_id <> '' GROUP BY document_id HAVING bool_or(whole)
  ) refused
  JOIN import_lines line USING (document_id)
  WHERE NOT EXISTS (SELECT FROM import_rejects reject WHERE reject.row_number = line.row_number);
  -- A row has one reason: the one that leaves its document out, or else the first.
  DELETE FROM import_rejects reject USING import_rejects other
  WHERE other.row_number = reject.row_number
    AND (other.whole > reject.whole OR (other.whole = reject.whole AND other.ctid < reject.ctid))`;

export const COUNT_REJECTS = `
  WITH counted AS (
    SELECT label, count(*)::int AS rows, min(row_number) AS first_row
    FROM import_rejects WHERE label IS NOT NULL GROUP BY label
  )
  SELECT counted.label, rows, first_row AS "firstRow", detail AS "firstDetail"
  FROM counted JOIN import_rejects reject ON reject.row_number = first_row AND reject.label = counted.label
  ORDER BY rows DESC, label`;

export const COUNT_REJECTED_ROWS = 'SELECT count(*)::int AS rows FROM import_rejects';

export const SELECT_REJECTS = `
  SELECT reject.row_number, reject.document_id, label, detail, with_row, cells
  FROM import_rejects reject JOIN import_lines USING (row_number)
  WHERE reject.row_number > $1
  ORDER BY reject.row_number
  LIMIT 1000`;
