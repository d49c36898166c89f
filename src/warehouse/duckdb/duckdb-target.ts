import { rm } from 'node:fs/promises';
import type { WarehouseTarget } from '../target';
import { verifyWarehouse } from '../verify/verify-warehouse';
import { initWarehouse, loadWarehouse, type WarehouseOptions, warehouseFile } from './duckdb-warehouse';
import { exportTables } from './export-tables';
import { exportQuery, queryWarehouse } from './query';

/** A DuckDB file on this machine. */
export function duckDbTarget(options: WarehouseOptions): WarehouseTarget {
  return {
    description: warehouseFile(options),
    async init({ rebuild }) {
      // Whoever has it open goes on reading what is gone.
      if (rebuild) await rm(warehouseFile(options), { force: true });
      await initWarehouse(options);
    },
    load: (lake, load) => loadWarehouse(options, lake, load),
    verify: (lake, store, verifying) => verifyWarehouse(options, lake, store, verifying),
    query: (sql, use) =>
      queryWarehouse(options, sql, ({ columns, rows }) => use({ columns, rows: eachOf(rows) })),
    writeQuery: (sql, file) => exportQuery(options, sql, file),
    writeTables: (folder) => exportTables(options, folder),
  };
}

async function* eachOf<T>(batches: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const batch of batches) yield* batch;
}
