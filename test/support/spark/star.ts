import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../../src/lake/parquet/duckdb-schema';
import { warehouseFile } from '../../../src/warehouse/duckdb/published';
import { starTables } from '../../../src/warehouse/model/catalogue';
import type { TestWarehouse } from '../warehouse/warehouse';

/** The tables of a star in Parquet files that differ from those of a warehouse, each with a row that does. */
export async function differingStar(warehouse: TestWarehouse, folder: string): Promise<string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  try {
    await connection.run(`ATTACH ${literal(warehouseFile(warehouse))} AS warehouse (READ_ONLY)`);
    const differing: string[] = [];
    for (const { name, columns } of starTables) {
      const names = columns.map((column) => column.name).join(', ');
      const wanted = `SELECT ${names} FROM warehouse.${name}`;
      const found = `SELECT ${names} FROM read_parquet(${literal(`${folder}/${name}/*.parquet`)})`;
      const [other] = await rows(
        `SELECT x::VARCHAR FROM (SELECT 'wanted' AS side, * FROM (${wanted} EXCEPT ALL ${found})
           UNION ALL SELECT 'found', * FROM (${found} EXCEPT ALL ${wanted})) x LIMIT 1`,
      );
      if (other) differing.push(`${name}: ${other[0]}`);
    }
    return differing;
  } finally {
    instance.closeSync();
  }
}
