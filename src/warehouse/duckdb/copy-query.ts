import type { DuckDBConnection } from '@duckdb/node-api';
import { duckDbDialect } from '../sql/duckdb.dialect';

export type FileFormat = 'csv' | 'parquet' | 'json';

const COPY_OPTIONS: Record<FileFormat, string> = {
  csv: 'FORMAT csv, HEADER',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  json: 'FORMAT json, ARRAY true',
};

/**
 * Writes the answer of a query to a file. An error may leave a part of the file.
 * @returns how many rows were written
 * @throws Error of DuckDB
 */
export async function copyQuery(
  connection: DuckDBConnection,
  query: string,
  { path, format }: { path: string; format: FileFormat },
): Promise<number> {
  // A comment at the end of the query would swallow the parenthesis.
  const sql = `COPY (${query}\n) TO ${duckDbDialect.literal(path)} (${COPY_OPTIONS[format]})`;
  return (await connection.run(sql)).rowsChanged;
}
