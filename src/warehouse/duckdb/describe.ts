import type { DescribedTable } from '../target/described-tables';
import { type DescribedRow, describedTables } from '../target/described-tables';
import { openPublished, type WarehouseOptions, warehouseFile } from './published';

const COLUMNS = `
SELECT t.name, t.kind, t.comment, c.column_name AS column, c.data_type AS type, c.is_nullable AS nullable,
       c.comment AS "columnComment"
  FROM (SELECT table_name AS name, 'table' AS kind, comment FROM duckdb_tables() WHERE NOT internal
         UNION ALL
        SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal) t
  JOIN duckdb_columns() c ON c.table_name = t.name AND NOT c.internal
 ORDER BY t.kind, t.name, c.column_index`;

/**
 * Tables and views of the published warehouse, by its own catalogue. @throws WarehouseError when there is
 * none
 */
export async function describeWarehouse(options: WarehouseOptions): Promise<DescribedTable[]> {
  const { connection, close } = await openPublished(warehouseFile(options), options);
  try {
    const found = await connection.runAndReadAll(COLUMNS);
    return describedTables(found.getRowObjects() as unknown as DescribedRow[]);
  } finally {
    close();
  }
}
