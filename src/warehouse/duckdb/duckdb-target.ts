import { type WarehouseTarget } from '../target/warehouse-target';
import { describeWarehouse } from './describe';
import { initWarehouse, loadWarehouse } from './duckdb-warehouse';
import { exportTables } from './export-tables';
import { type WarehouseOptions, warehouseFile } from './published';
import { exportQuery, queryWarehouse, warehouseThrough } from './query';
import { verifyWarehouse } from './verify-duckdb';

export interface DuckDbTargetOptions extends WarehouseOptions {
  onWarning(message: string): void;
}

/** A DuckDB file on this machine. */
export function duckDbTarget({ onWarning, ...options }: DuckDbTargetOptions): WarehouseTarget {
  const file = warehouseFile(options);
  return {
    description: file,
    isLocal: true,
    async init(init) {
      if ((await initWarehouse(options, init)) === 'outdated')
        onWarning(
          `${file} was made by another version of Tidemark: the next load makes it anew from the lake`,
        );
    },
    load: (lake, load) => loadWarehouse(options, lake, load),
    verify: (lake, store, verifying) => verifyWarehouse(options, lake, store, verifying),
    query: (sql, use) =>
      queryWarehouse(options, sql, ({ rows, ...answer }) => use({ ...answer, rows: eachOf(rows) })),
    writeQuery: (sql, file) => exportQuery(options, sql, file),
    through: () => warehouseThrough(options),
    describe: () => describeWarehouse(options),
    writeTables: (folder) => exportTables(options, folder),
  };
}

async function* eachOf<T>(batches: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const batch of batches) yield* batch;
}
