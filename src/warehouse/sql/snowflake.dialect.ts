import type { Dialect, WarehouseType } from '../model/dialect';

export const snowflakeDialect: Dialect = {
  name: 'snowflake',
  type: typeName,
  literal,
  digest: (text) => `TO_NUMBER(SUBSTR(MD5(${text}), 1, 12), 'XXXXXXXXXXXX')`,
  // As text, so that it does not matter how a list of a Parquet file is nested.
  listHas: (column, value) => `CONTAINS(TO_JSON(${column}), ${literal(JSON.stringify(value))})`,
  // COMMENT ON COLUMN is for tables only; a view takes comments when it is made.
  comments: 'within',
  keepGrants: ' COPY GRANTS',
  // Without the seven days of Fail-safe that a permanent table costs, and not bound to a session as a
  // temporary one.
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

/** Instants are stored without a zone, in UTC: so they read the same in every session and in every tool. */
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
