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
import type { Column, ColumnType } from '../columns/table-definition';
import type { Dataset } from '../datasets/dataset';

/** A column's type in DuckDB, and so in Parquet. */
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

/** The columns' field ids as COPY's option FIELD_IDS has them. */
export function fieldIds({ columns }: Dataset): string {
  const ids = columns.map(({ id, name, type }) =>
    type.kind === 'list'
      ? `${identifier(name)}: {__duckdb_field_id: ${id}, element: ${type.elementId}}`
      : `${identifier(name)}: ${id}`,
  );
  return `{${ids.join(', ')}}`;
}

/**
 * The columns as read_parquet's option `schema` has them, told by field id; a file that lacks one gives
 * nulls.
 */
export function readSchema({ columns }: Dataset): string {
  const fields = columns.map(
    ({ id, name, type }) =>
      `${id}: {name: ${literal(name)}, type: ${literal(String(duckdbType(type)))}, default_value: NULL}`,
  );
  return `MAP {${fields.join(', ')}}`;
}

/** The field id by which Iceberg knows a column's values: of a list those of its elements. */
export const valueId = ({ id, type }: Column): number => (type.kind === 'list' ? type.elementId : id);

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
