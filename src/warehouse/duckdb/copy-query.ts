import type { DuckDBConnection } from '@duckdb/node-api';
import { duckDbDialect } from '../sql/duckdb.dialect';

export type FileFormat = 'csv' | 'parquet' | 'json';

const COPY_OPTIONS: Record<FileFormat, string> = {
  csv: 'FORMAT csv, HEADER',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  json: 'FORMAT json, ARRAY true',
};

/**
 * Writes what a query answers to a file. After an error part of it may stand there.
 * @returns rows
 * @throws Error of DuckDB
 */
export async function copyQuery(
  connection: DuckDBConnection,
  query: string,
  { path, format }: { path: string; format: FileFormat },
): Promise<number> {
  // The line break ends a comment at the end of the query.
  const sql = `COPY (${query}\n) TO ${duckDbDialect.literal(path)} (${COPY_OPTIONS[format]})`;
  return (await connection.run(sql)).rowsChanged;
}
