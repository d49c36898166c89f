import { literal } from '../../lake/parquet/duckdb-schema';

/** So many rows in one statement: parsing takes memory. */
const ROWS_AT_ONCE = 1_000;

/** Replaces the rows of a table by some others, in their order. */
export function filledWith(table: string, rows: readonly (readonly (string | null)[])[]): string {
  const statements = [`DELETE FROM ${table}`];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const values = rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row) => `(${row.map((value) => (value === null ? 'NULL' : literal(value))).join(', ')})`);
    statements.push(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
  return statements.join('; ');
}
