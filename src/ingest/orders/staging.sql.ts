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
    ordered_at int8,            -- Unix milliseconds
    quantity_sign int2,         -- null where the quantity could not be read
    cells text                  -- JSON array; null where the row was rejected
  );
  CREATE TEMP TABLE import_rejects (
    row_number int NOT NULL,
    document_id text NOT NULL,
    label text NOT NULL,
    detail text,
    cells text NOT NULL
  );
  CREATE TEMP TABLE import_kinds (
    document_id text COLLATE "C" NOT NULL,
    is_credit_note boolean NOT NULL
  );
  CREATE TEMP TABLE import_documents (
    number int NOT NULL,        -- 1, 2, 3 ... in the order in which they are imported
    document_id text COLLATE "C" NOT NULL,
    is_credit_note boolean NOT NULL,
    ordered_at int8 NOT NULL,
    lines int NOT NULL,
    lines_through int8 NOT NULL -- lines of the documents up to and with this one
  )`;

export const INSERT_LINES = `
  INSERT INTO import_lines
  SELECT * FROM unnest($1::int[], $2::text[], $3::int8[], $4::int[], $5::text[])`;

export const INSERT_REJECTS = `
  INSERT INTO import_rejects
  SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[])`;

/**
 * Decides what is a credit note by every readable quantity, also of rows that were rejected for another
 * reason: a bad cell elsewhere must not make an order of it.
 */
export const INSERT_KINDS = `
  INSERT INTO import_kinds
  SELECT document_id, ($1 <> '' AND starts_with(document_id, $1)) OR bool_and(quantity_sign < 0)
  FROM import_lines
  WHERE quantity_sign IS NOT NULL
  GROUP BY document_id`;

export const REJECT_WRONG_SIGNS = `
  WITH wrong AS (
    DELETE FROM import_lines line
    USING import_kinds kind
    WHERE kind.document_id = line.document_id
      AND line.cells IS NOT NULL
      AND (line.quantity_sign < 0) <> kind.is_credit_note
    RETURNING line.*, kind.is_credit_note
  )
  INSERT INTO import_rejects
  SELECT row_number, document_id, 'quantity of the wrong sign',
    CASE WHEN is_credit_note THEN 'a credit note takes back' ELSE 'an order sells' END, cells
  FROM wrong`;

export const INSERT_DOCUMENTS = `
  INSERT INTO import_documents
  SELECT row_number() OVER earlier, document_id, is_credit_note, ordered_at, lines, sum(lines) OVER earlier
  FROM (
    SELECT document_id, is_credit_note, min(ordered_at) AS ordered_at, count(*) AS lines
    FROM import_lines JOIN import_kinds USING (document_id)
    WHERE cells IS NOT NULL
    GROUP BY document_id, is_credit_note
  ) AS document
  WINDOW earlier AS (ORDER BY ordered_at, document_id)`;

export const INDEX_TABLES = `
  CREATE UNIQUE INDEX ON import_documents (number);
  CREATE INDEX ON import_lines (document_id, row_number) WHERE cells IS NOT NULL;
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
    page.lines, line.row_number, line.cells
  FROM page
  LEFT JOIN import_lines line
    ON line.document_id = page.document_id AND line.cells IS NOT NULL AND page.lines <= $3
  ORDER BY page.number, line.row_number`;

/** Rejects the rows of a document that has too many of them. */
export const REJECT_DOCUMENT = `
  INSERT INTO import_rejects
  SELECT row_number, document_id, $2, $3, cells
  FROM import_lines
  WHERE document_id = $1 AND cells IS NOT NULL`;

export const INDEX_REJECTS = `
  CREATE INDEX ON import_rejects (row_number);
  ANALYZE import_rejects`;

export const COUNT_REJECTS = `
  WITH counted AS (
    SELECT label, count(*)::int AS rows, min(row_number) AS first_row FROM import_rejects GROUP BY label
  )
  SELECT counted.label, rows, first_row AS "firstRow", detail AS "firstDetail"
  FROM counted JOIN import_rejects ON import_rejects.row_number = first_row
  ORDER BY rows DESC, label`;

export const SELECT_REJECTS = `
  SELECT row_number, document_id, label, detail, cells
  FROM import_rejects
  WHERE row_number > $1
  ORDER BY row_number
  LIMIT 1000`;
