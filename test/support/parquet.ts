import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBTimestampTZValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Value } from '../../src/lake/columns/table-definition';

/**
 * Runs one query over Parquet files in a DuckDB of its own. @returns rows by column name, values as rows of
 * datasets hold them
 */
export async function queryParquet(sql: string): Promise<Record<string, Value>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader
      .getRowObjects()
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, rowValue(value)])));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Every row of a file, in the order of the file. */
export const rowsOfFile = (path: string): Promise<Record<string, Value>[]> =>
  queryParquet(`SELECT * FROM read_parquet('${path.replaceAll("'", "''")}', hive_partitioning = false)`);

function rowValue(value: DuckDBValue): Value {
  if (value instanceof DuckDBListValue) return value.items.map(String);
  if (value instanceof DuckDBDecimalValue) return whole(value.value);
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampTZValue) return Number(value.micros) / 1_000;
  if (typeof value === 'bigint') return whole(value);
  return value as Value;
}

const whole = (value: bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;
