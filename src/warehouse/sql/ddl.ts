import { datasets } from '../../export/datasets/catalogue';
import { derivedTables, tables, views } from '../model/catalogue';
import { GUEST, guestRow } from '../model/customer.dimension';
import { loadTable } from '../model/staging';
import type { Changes, WarehouseTable, WarehouseView } from '../model/table';
import type { Dialect } from './dialect';
import type { Statement } from './statement';

/** Every table and view, made unless it is there, and the row of guests. Harmless to repeat. */
export function initStatements(dialect: Dialect): Statement[] {
  return [
    ...tables.map((table) => ({ name: `table ${table.name}`, sql: createTable(dialect, table) })),
    { name: 'row of guests', sql: insertGuest(dialect) },
    ...views.map((view) => ({ name: `view ${view.name}`, sql: createView(dialect, view) })),
  ];
}

/** The tables that live as long as a load. To be made before its transaction begins: DDL may end one. */
export function scratchStatements(dialect: Dialect): Statement[] {
  return [
    ...datasets.map(loadTable).map((table) => scratch(dialect, table)),
    ...derivedTables.map(({ changes }) => scratch(dialect, idTable(changes))),
  ];
}

/** @param create such as CREATE OR REPLACE TEMPORARY TABLE */
export function createTable(
  dialect: Dialect,
  { name, columns }: WarehouseTable,
  create = 'CREATE TABLE IF NOT EXISTS',
): string {
  const lines = columns.map(
    (column) => `  ${column.name} ${dialect.type(column.type)}${column.nullable ? '' : ' NOT NULL'}`,
  );
  return `${create} ${name} (\n${lines.join(',\n')}\n)`;
}

/** A view has exactly the types that its columns say, whatever the arithmetic of the target makes of sums. */
export function createView(dialect: Dialect, { name, columns, sql }: WarehouseView): string {
  const casts = columns.map(
    (column) => `CAST(q.${column.name} AS ${dialect.type(column.type)}) AS ${column.name}`,
  );
  return `CREATE OR REPLACE VIEW ${name} AS\nSELECT ${casts.join(', ')}\n  FROM (${sql}) q`;
}

const scratch = (dialect: Dialect, table: WarehouseTable): Statement => ({
  name: `table ${table.name}`,
  sql: createTable(dialect, table, 'CREATE OR REPLACE TEMPORARY TABLE'),
});

const idTable = ({ name, column }: Pick<Changes, 'name' | 'column'>): WarehouseTable => ({
  name,
  doc: 'Ids that the new rows have an effect on.',
  columns: [{ name: column, type: { kind: 'string' }, nullable: false, doc: 'the id' }],
  key: [column],
});

const insertGuest = (dialect: Dialect): string => `
INSERT INTO dim_customer (customer_key, customer_id, name, email, country, region, valid_from, valid_to, is_current, registered_at)
SELECT customer_key, customer_id, name, email, country, region, valid_from, valid_to, is_current, registered_at
  FROM (${guestRow(dialect)}) g
 WHERE NOT EXISTS (SELECT 1 FROM dim_customer WHERE customer_key = ${dialect.literal(GUEST)})`;
