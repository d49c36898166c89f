import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { starTables, views } from '../model/catalogue';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { openPublished, type WarehouseOptions, warehouseFile } from './duckdb-warehouse';

/**
 * Writes the star schema and every view to a folder, a Parquet file each, named after it: all as of one load. The folder is made
 * where it is missing; files of an export before are replaced, each in one step, when all the new ones are complete.
 * @returns the names, and the rows of each
 * @throws WarehouseError when there is no warehouse; Error of the file system
 */
export async function exportTables(
  options: WarehouseOptions,
  folder: string,
): Promise<Record<string, number>> {
  const database = await openPublished(warehouseFile(options), options);
  try {
    await mkdir(folder, { recursive: true });
    return await writeFiles(database.connection, folder);
  } finally {
    database.close();
  }
}

async function writeFiles(connection: DuckDBConnection, folder: string): Promise<Record<string, number>> {
  const files = [...starTables, ...views].map(({ name }) => {
    const file = path.join(folder, `${name}.parquet`);
    return { name, file, unfinished: `${file}.part` };
  });
  try {
    const rows: Record<string, number> = {};
    for (const { name, unfinished } of files) {
      const target = duckDbDialect.literal(unfinished);
      const result = await connection.run(
        `COPY (SELECT * FROM ${name}) TO ${target} (FORMAT parquet, COMPRESSION zstd)`,
      );
      rows[name] = result.rowsChanged;
    }
    for (const { file, unfinished } of files) await rename(unfinished, file);
    return rows;
  } catch (error) {
    for (const { unfinished } of files) await rm(unfinished, { force: true });
    throw error;
  }
}
