import type { Dialect, WarehouseType } from '../model/dialect';

export const snowflakeDialect: Dialect = {
  name: 'snowflake',
  type: typeName,
  literal,
  digest: (text) => `TO_NUMBER(SUBSTR(MD5(${text}), 1, 12), 'XXXXXXXXXXXX')`,
  // As text, so that the nesting of a list in its Parquet file does not matter.
  listHas: (column, value) => `CONTAINS(TO_JSON(${column}), ${literal(JSON.stringify(value))})`,
  // Snowflake refuses COMMENT ON COLUMN for views, which take their comments when they are made.
  comments: 'within',
  keepGrants: ' COPY GRANTS',
  // A transient table costs no Fail-safe, as a permanent one does, and outlives its session, as a temporary
  // one does not.
  createScratch: 'CREATE TRANSIENT TABLE',
  scratch: (name) => name,
};

/** A backslash begins an escape in Snowflake. */
function literal(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : String(value).toUpperCase();
}

/** Instants are stored in UTC without a zone, so that every session and tool reads the same. */
function typeName(type: WarehouseType): string {
  switch (type.kind) {
    case 'string':
      return 'VARCHAR';
    case 'int':
      return 'INTEGER';
    case 'long':
      return 'BIGINT';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'timestamptz':
      return 'TIMESTAMP_NTZ(6)';
    case 'double':
      return 'DOUBLE';
    case 'decimal':
      return `NUMBER(${type.precision}, ${type.scale})`;
    case 'list':
      return 'ARRAY';
  }
}
