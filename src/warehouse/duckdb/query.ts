import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, type Json, StatementType } from '@duckdb/node-api';
import { WarehouseError } from '../errors';
import { copyQuery, type FileFormat } from './copy-query';
import { openPublished, type WarehouseOptions, warehouseFile } from './duckdb-warehouse';

export interface QueryColumn {
  name: string;
  /** as DuckDB calls it, such as DECIMAL(18,4) */
  type: string;
}

export interface QueryResult {
  columns: QueryColumn[];
  /**
   * The rows, some thousand at a time. Money and 64 bit numbers are text, so that they stay exact; dates and times are ISO 8601
   * as DuckDB writes them.
   */
  rows: AsyncIterable<Json[][]>;
}

/**
 * Runs one query over the published warehouse and hands its result to `use`, which takes the rows while it runs.
 * Whatever happens to the warehouse meanwhile, the query sees it as it was.
 * @throws WarehouseError when there is no warehouse, or for anything but one query; Error of DuckDB when the query is wrong
 */
export async function queryWarehouse<T>(
  options: WarehouseOptions,
  sql: string,
  use: (result: QueryResult) => Promise<T>,
): Promise<T> {
  const database = await openPublished(warehouseFile(options), options);
  try {
    await checkQuery(database.connection, sql);
    const result = await database.connection.stream(sql);
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, index) => ({ name, type: String(types[index]) }));
    return await use({ columns, rows: result.yieldRowsJson() });
  } finally {
    database.close();
  }
}

/**
 * Writes the result of a query to a file, whole or not at all.
 * @returns rows
 * @throws as `queryWarehouse`
 */
export async function exportQuery(
  options: WarehouseOptions,
  sql: string,
  { path, format }: { path: string; format: FileFormat },
): Promise<number> {
  const database = await openPublished(warehouseFile(options), options);
  // DuckDB would follow a link under a name that somebody can guess.
  const folder = await mkdtemp(`${path}.part-`);
  const unfinished = join(folder, 'result');
  try {
    await checkQuery(database.connection, sql);
    const query = sql.trim().replace(/;+$/, '');
    const rows = await copyQuery(database.connection, query, { path: unfinished, format });
    await rename(unfinished, path);
    return rows;
  } finally {
    database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkQuery(connection: DuckDBConnection, sql: string): Promise<void> {
  // DuckDB has no words for a text without any statement.
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
