import type { ClientBase, Pool } from 'pg';

const SAMPLE_ROWS = 5;

export interface TableComparison {
  table: string;
  equal: boolean;
  publishedRows: number;
  rows: number;
  /** rows that only the published generation has, five at most; none where the tables are equal */
  onlyPublished: unknown[];
  /** rows that only the other generation has, likewise */
  onlyThis: unknown[];
}

interface TableHash {
  rows: number;
  hash: string;
}

/**
 * Compares a table of two generations.
 * @param snapshot reads the published generation
 * @param pool reads the other one, which was written after the snapshot was taken
 */
export async function compareTable(
  snapshot: ClientBase,
  pool: Pool,
  table: string,
  schemas: { published: string; other: string },
): Promise<TableComparison> {
  const inPublished = `${schemas.published}.${table}`;
  const inOther = `${schemas.other}.${table}`;
  const [published, other] = await Promise.all([hashTable(snapshot, inPublished), hashTable(pool, inOther)]);
  const equal = published.rows === other.rows && published.hash === other.hash;
  return {
    table,
    equal,
    publishedRows: published.rows,
    rows: other.rows,
    onlyPublished: equal ? [] : await sample(pool, inPublished, inOther),
    onlyThis: equal ? [] : await sample(pool, inOther, inPublished),
  };
}

/**
 * Counts the rows of a table, and hashes them to 128 bits whatever their order: the sums of two differently
 * seeded 64-bit hashes of each row's text.
 */
export async function hashTable(client: ClientBase | Pool, table: string): Promise<TableHash> {
  const { rows } = await client.query<{ rows: string; hash: string }>(
    `SELECT count(*) AS rows,
            concat_ws('-', coalesce(sum(hashtextextended(t::text, 0)), 0),
                           coalesce(sum(hashtextextended(t::text, 1)), 0)) AS hash
       FROM ${table} t`,
  );
  const [row] = rows;
  return { rows: Number(row?.rows), hash: row?.hash ?? '' };
}

/** Rows of one table that another does not have. Compared as text, because json columns know no equality. */
async function sample(client: Pool, from: string, without: string): Promise<unknown[]> {
  const { rows } = await client.query<{ row: unknown }>(
    `SELECT to_jsonb(a) AS row FROM ${from} a
      WHERE NOT EXISTS (SELECT FROM ${without} b WHERE b::text = a::text) LIMIT ${SAMPLE_ROWS}`,
  );
  return rows.map(({ row }) => row);
}
