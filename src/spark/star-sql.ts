import { dimCustomer, guestRow } from '../warehouse/model/customer.dimension';
import type { Dialect, WarehouseType } from '../warehouse/model/dialect';
import { factOrders } from '../warehouse/model/orders.fact';
import { dimProduct } from '../warehouse/model/product.dimension';
import { factReturns } from '../warehouse/model/returns.fact';
import type { DerivedTable } from '../warehouse/model/table';

/** The dimensions and facts, in the order in which they are made. */
const TABLES: readonly DerivedTable[] = [dimCustomer, dimProduct, factOrders, factReturns];

/** A table of the star schema, as Spark makes all of it from the tables of the lake. */
export interface StarQuery {
  name: string;
  /** the view of the ids whose rows are made: all of them */
  ids: { name: string; sql: string };
  rows: string;
}

/** The queries of dimensions and facts. They read views `stg_<dataset>`, and those made before. */
export const starQueries = (): StarQuery[] =>
  TABLES.map((table) => {
    const { affected, columns, name } = table;
    const casts = columns.map(
      (column) => `CAST(q.${column.name} AS ${typeName(column.type)}) AS ${column.name}`,
    );
    const names = columns.map((column) => column.name).join(', ');
    const guest = table === dimCustomer ? `\nUNION ALL SELECT ${names} FROM (${guestRow(sparkDialect)})` : '';
    const rows = `SELECT ${names} FROM (${table.rows(sparkDialect)})${guest}`;
    return {
      name,
      ids: { name: affected.name, sql: forSpark(affected.sql(sparkDialect)) },
      rows: forSpark(`SELECT ${casts.join(', ')} FROM (${rows}) q`),
    };
  });

/** A load that brings everything: its scratch tables are the staging tables. */
const sparkDialect: Dialect = {
  name: 'spark',
  type: typeName,
  literal: (value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value).toUpperCase(),
  digest: (text) => `CAST(conv(substr(md5(${text}), 1, 12), 16, 10) AS BIGINT)`,
  listHas: (column, value) => `array_contains(${column}, '${value}')`,
  comments: 'nowhere',
  keepGrants: '',
  createScratch: 'CREATE TEMPORARY TABLE',
  scratch: (name) => name.replace(/^load_/, 'stg_'),
};

function typeName(type: WarehouseType): string {
  if (type.kind === 'decimal') return `DECIMAL(${type.precision}, ${type.scale})`;
  const names = {
    string: 'STRING',
    int: 'INT',
    long: 'BIGINT',
    boolean: 'BOOLEAN',
    date: 'DATE',
    timestamptz: 'TIMESTAMP',
    double: 'DOUBLE',
    list: 'ARRAY<STRING>',
  };
  return names[type.kind];
}

/** Spark has no QUALIFY, and takes no VARCHAR without a length. */
const forSpark = (sql: string): string => withoutQualify(sql.replaceAll('AS VARCHAR)', 'AS STRING)'));

/** Writes each `SELECT ... QUALIFY condition` as a selection by a column that is the condition. */
export function withoutQualify(sql: string): string {
  const at = sql.search(/\bQUALIFY\b/);
  if (at < 0) return sql;
  const [from, to] = [selectBefore(sql, at), endAfter(sql, at)];
  const columnsEnd = clauseAfter(sql, from, 'FROM');
  const select = sql.slice(from, columnsEnd).trimEnd();
  const rest = sql.slice(columnsEnd, at).trimEnd();
  const condition = sql.slice(at + 'QUALIFY'.length, to).trim();
  const selected = `SELECT * EXCEPT (kept) FROM (${select}, ${condition} AS kept ${rest}) WHERE kept`;
  return withoutQualify(sql.slice(0, from) + selected + sql.slice(to));
}

/** Where the SELECT of a clause begins. */
function selectBefore(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i >= 0; i--) {
    if (sql[i] === ')') depth++;
    else if (sql[i] === '(') depth--;
    else if (depth === 0 && /^SELECT\b/.test(sql.slice(i, i + 7))) return i;
  }
  throw new Error('QUALIFY without SELECT');
}

/** Where the query ends that something is a part of. */
function endAfter(sql: string, at: number): number {
  let depth = 0;
  for (let i = at; i < sql.length; i++) {
    if (sql[i] === '(') depth++;
    else if (sql[i] === ')' && depth-- === 0) return i;
    else if (depth === 0 && /^\bUNION\b/.test(sql.slice(i, i + 6))) return i;
  }
  return sql.length;
}

/** Where a clause of a SELECT begins. */
function clauseAfter(sql: string, from: number, word: string): number {
  let depth = 0;
  for (let i = from; i < sql.length; i++) {
    if (sql[i] === '(') depth++;
    else if (sql[i] === ')') depth--;
    else if (depth === 0 && new RegExp(`^\\s${word}\\b`).test(sql.slice(i, i + word.length + 2))) return i;
  }
  throw new Error(`SELECT without ${word}`);
}
