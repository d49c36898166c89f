import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import { SnowflakeWarehouse } from '../../../test/support/snowflake/warehouse';
import { createTestWarehouse, rowsIn } from '../../../test/support/warehouse/warehouse';
import { describeWarehouse } from '../duckdb/describe';
import { initWarehouse } from '../duckdb/duckdb-warehouse';
import { tables, views } from '../model/catalogue';
import { warehouseModel } from '../model/ledger';
import { describeSnowflake } from '../snowflake/describe-snowflake';
import { initSnowflake } from '../snowflake/init-snowflake';
import type { DescribedTable } from '../target/described-tables';

/** The comments that the model has for each table, view and column. */
const said = Object.fromEntries(
  [...tables, warehouseModel, ...views].flatMap(({ name, doc, columns }) => [
    [name, doc],
    ...columns.map((column) => [`${name}.${column.name}`, column.doc]),
  ]),
);

const COMMENTS = `
SELECT table_name AS name, comment FROM duckdb_tables() WHERE NOT internal AND NOT temporary
 UNION ALL
SELECT view_name, comment FROM duckdb_views() WHERE NOT internal AND NOT temporary
 UNION ALL
SELECT table_name || '.' || column_name, comment FROM duckdb_columns() WHERE NOT internal`;

const byName = (rows: readonly Record<string, unknown>[]) =>
  Object.fromEntries(rows.map((row) => [row.name, row.comment]));

const asSaid = (described: readonly DescribedTable[]) =>
  Object.fromEntries(
    described.flatMap(({ name, comment, columns }) => [
      [name, comment],
      ...columns.map((column) => [`${name}.${column.name}`, column.comment]),
    ]),
  );

describe('every table, view and column says what it is', () => {
  it('in a DuckDB file', async () => {
    const warehouse = await createTestWarehouse();
    try {
      await initWarehouse(warehouse);
      expect(byName(await rowsIn(warehouse, COMMENTS))).toEqual(said);
      expect(asSaid(await describeWarehouse(warehouse))).toEqual(said);
    } finally {
      await warehouse.remove();
    }
  });

  it('in Snowflake, and after it was made anew', async () => {
    const double = await startDouble();
    const warehouse = await SnowflakeWarehouse.create(optionsFor(double));
    try {
      for (const rebuild of [false, true]) {
        await initSnowflake(warehouse.options(), { rebuild });
        expect(byName(await warehouse.rows(COMMENTS))).toEqual(said);
        expect(asSaid(await describeSnowflake(warehouse.options()))).toEqual(said);
      }
    } finally {
      await double.stop();
      await warehouse.remove();
    }
  });
});
