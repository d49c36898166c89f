import {
  BIGINT,
  BOOLEAN,
  DATE,
  DECIMAL,
  type DuckDBType,
  INTEGER,
  LIST,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api';
import type { ColumnType } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';

/** The type of a column in DuckDB, which decides its type in Parquet. */
export function duckdbType(type: ColumnType): DuckDBType {
  switch (type.kind) {
    case 'string':
      return VARCHAR;
    case 'int':
      return INTEGER;
    case 'long':
      return BIGINT;
    case 'boolean':
      return BOOLEAN;
    case 'date':
      return DATE;
    case 'timestamptz':
      return TIMESTAMPTZ;
    case 'decimal':
      return DECIMAL(type.precision, type.scale);
    case 'list':
      return LIST(VARCHAR);
  }
}

/** The field ids of columns, for COPY's option FIELD_IDS. */
export function fieldIds({ columns }: Dataset): string {
  const ids = columns.map(({ id, name, type }) =>
    type.kind === 'list'
      ? `${identifier(name)}: {__duckdb_field_id: ${id}, element: ${type.elementId}}`
      : `${identifier(name)}: ${id}`,
  );
  return `{${ids.join(', ')}}`;
}

/**
 * The columns for read_parquet's option `schema`, which finds them by field id. A column that a file lacks is
 * null.
 */
export function readSchema({ columns }: Dataset): string {
  const fields = columns.map(
    ({ id, name, type }) =>
      `${id}: {name: ${literal(name)}, type: ${literal(String(duckdbType(type)))}, default_value: NULL}`,
  );
  return `MAP {${fields.join(', ')}}`;
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
