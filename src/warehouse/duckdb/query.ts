import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
  type Json,
  StatementType,
} from '@duckdb/node-api';
import { WarehouseError } from '../errors';
import {
  type QueryAnswer,
  type QueryColumn,
  type QueryFile,
  REPORTING_DIGITS,
  THROUGH,
} from '../target/query-answer';
import { copyQuery } from './copy-query';
import { openPublished, type WarehouseOptions, warehouseFile } from './published';

export interface QueryResult extends Pick<QueryAnswer, 'reportingDigits' | 'through'> {
  /** types as DuckDB calls them, such as DECIMAL(18,4) */
  columns: QueryColumn[];
  /**
   * The rows, some thousand at a time. Money and 64 bit numbers are text, so that they stay exact. Dates and
   * times are ISO 8601, as DuckDB writes them.
   */
  rows: AsyncIterable<Json[][]>;
}

/**
 * Runs one query over the published warehouse and hands the result to `use`, which gets the rows while the
 * query runs. A load that publishes meanwhile does not show in them.
 * @throws WarehouseError when there is no warehouse, and for anything but one query; Error of DuckDB when the
 *   query is wrong
 */
export async function queryWarehouse<T>(
  options: WarehouseOptions,
  sql: string,
  use: (result: QueryResult) => Promise<T>,
): Promise<T> {
  const database = await openPublished(warehouseFile(options), options);
  try {
    await checkQuery(database.connection, sql);
    // Asked before the query: another statement would end its stream.
    const digits = await reportingDigits(database.connection);
    const through = await throughOf(database.connection).catch(() => undefined);
    const result = await database.connection.stream(sql);
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, index) => columnOf(name, types[index] as DuckDBType));
    return await use({
      columns,
      rows: result.yieldRowsJson(),
      reportingDigits: async () => digits,
      through: async () => through,
    });
  } finally {
    database.close();
  }
}

const NUMBERS = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

const columnOf = (name: string, type: DuckDBType): QueryColumn => ({
  name,
  type: String(type),
  isNumber: NUMBERS.has(type.typeId),
  scale: type instanceof DuckDBDecimalType ? type.scale : undefined,
});

/** Up to where the published warehouse has the log; null before the first load. */
export async function warehouseThrough(options: WarehouseOptions): Promise<string | null> {
  const { connection, close } = await openPublished(warehouseFile(options), options);
  try {
    return await throughOf(connection);
  } finally {
    close();
  }
}

async function throughOf(connection: DuckDBConnection): Promise<string | null> {
  const [row] = (await connection.runAndReadAll(THROUGH)).getRowsJson();
  return (row?.[0] as string | undefined) ?? null;
}

/** @returns undefined also where a warehouse of another version lacks the table */
async function reportingDigits(connection: DuckDBConnection): Promise<number | undefined> {
  const found = await connection.runAndReadAll(REPORTING_DIGITS).catch(() => undefined);
  const digits = found?.getRows()[0]?.[0];
  return typeof digits === 'number' ? digits : undefined;
}

/**
 * Writes the result of a query to a file, whole or not at all.
 * @returns how many rows were written
 * @throws as `queryWarehouse`
 */
export async function exportQuery(
  options: WarehouseOptions,
  sql: string,
  { path, format, spreadsheetSafe = false }: QueryFile,
): Promise<number> {
  const database = await openPublished(warehouseFile(options), options);
  // In a folder of its own: DuckDB would follow a link that somebody put under a name that can be guessed.
  const folder = await mkdtemp(`${path}.part-`);
  const unfinished = join(folder, 'result');
  try {
    await checkQuery(database.connection, sql);
    const bare = sql.trim().replace(/;+$/, '');
    const query = spreadsheetSafe ? await harmlessTexts(database.connection, bare) : bare;
    const rows = await copyQuery(database.connection, query, { path: unfinished, format });
    await rename(unfinished, path);
    return rows;
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The query with an apostrophe before every text, and every column name, that a spreadsheet would take for a
 * formula.
 */
async function harmlessTexts(connection: DuckDBConnection, sql: string): Promise<string> {
  const prepared = await connection.prepare(sql);
  const columns = Array.from({ length: prepared.columnCount }, (_, index) => {
    const name = prepared.columnName(index);
    const own = `c${index}`;
    const isText = !NUMBERS.has(prepared.columnTypeId(index));
    const value = isText
      ? `CASE WHEN regexp_matches(CAST(${own} AS VARCHAR), '^[=+\\-@\\t\\r]') THEN '''' || CAST(${own} AS VARCHAR) ELSE CAST(${own} AS VARCHAR) END`
      : own;
    const shown = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
    return { own, shown: `${value} AS "${shown.replaceAll('"', '""')}"` };
  });
  prepared.destroySync();
  const names = columns.map(({ own }) => own).join(', ');
  return `SELECT ${columns.map(({ shown }) => shown).join(', ')} FROM (${sql}\n) AS q(${names})`;
}

async function checkQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  // DuckDB has no error message for a text without a statement.
  const text = sql.replace(/--.*$/gm, '').trim();
  if (text === '') throw new WarehouseError('There is no query');
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new WarehouseError(`One query at a time: this is ${statements.count} statements`);
  }
  const prepared = await statements.prepare(0);
  const { statementType } = prepared;
  prepared.destroySync();
  if (statementType !== StatementType.SELECT && statementType !== StatementType.EXPLAIN) {
    throw new WarehouseError(
      `Only queries are allowed here; this is ${StatementType[statementType] ?? 'something else'}`,
    );
  }
}
