import type { RowStatement } from 'snowflake-sdk';
import type { QueryColumn } from '../target/query-answer';

/** Snowflake writes unquoted names in capitals. Its types are FIXED, TEXT, TIMESTAMP_NTZ and so on. */
export type SnowflakeColumn = QueryColumn;

/** Every value as text, NULL as null. Numbers have every digit; dates and times are ISO 8601, in UTC. */
export type TextRow = (string | null)[];

export interface StatementResult {
  columns: SnowflakeColumn[];
  rows: TextRow[];
  /** how many rows were inserted, updated or deleted */
  changed: number;
  queryId: string;
}

/** Snowflake gives lists and objects as values, and everything else as text. */
export const asText = (row: unknown): TextRow =>
  (row as unknown[]).map((value) =>
    value === null || typeof value === 'string' ? value : JSON.stringify(value),
  );

export const columnsOf = (statement: RowStatement): SnowflakeColumn[] =>
  (statement.getColumns() ?? []).map((column) => ({
    name: column.getName(),
    type: column.getType().toUpperCase(),
    isNumber: column.isNumber(),
    scale: column.isNumber() ? column.getScale() || undefined : undefined,
  }));

/** Rows by column name, in small letters. */
export function records({
  columns,
  rows,
}: Pick<StatementResult, 'columns' | 'rows'>): Record<string, string | null>[] {
  const names = columns.map(({ name }) => name.toLowerCase());
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}
