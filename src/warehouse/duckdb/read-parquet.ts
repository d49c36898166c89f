import { duckDbDialect } from '../sql/duckdb.dialect';

/**
 * Parquet files as a table. A folder named `column=value` makes no column, and a file may lack columns that
 * were added later.
 */
export function readParquet(paths: readonly string[]): string {
  const list = paths.map((path) => duckDbDialect.literal(path)).join(', ');
  return `read_parquet([${list}], hive_partitioning = false, union_by_name = true)`;
}
