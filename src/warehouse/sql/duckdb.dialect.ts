import type { Dialect, WarehouseType } from '../model/dialect';

export const duckDbDialect: Dialect = {
  name: 'duckdb',
  type: typeName,
  literal,
  digest: (text) => `CAST('0x' || SUBSTR(MD5(${text}), 1, 12) AS BIGINT)`,
  listHas: (column, value) => `list_contains(${column}, ${literal(value)})`,
  comments: 'behind',
  keepGrants: '',
  createScratch: 'CREATE OR REPLACE TEMPORARY TABLE',
  scratch: (name) => name,
};

function literal(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value).toUpperCase();
}

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
      return 'TIMESTAMPTZ';
    case 'double':
      return 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'list':
      return 'VARCHAR[]';
  }
}
