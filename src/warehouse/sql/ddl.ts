import { datasets } from '../../lake/datasets/catalogue';
import { derivedTables, tables, views } from '../model/catalogue';
import { GUEST, guestRow } from '../model/customer.dimension';
import type { Dialect } from '../model/dialect';
import { loadTable } from '../model/staging';
import type { AffectedIds, WarehouseTable, WarehouseView } from '../model/table';
import { commentOn, commentWithin, objectCommentWithin } from './comments';
import type { Statement } from './statement';

/** The words that tables and views are made with. */
export interface Making {
  /** such as CREATE TABLE IF NOT EXISTS */
  table: string;
  /** such as CREATE OR REPLACE VIEW */
  view: string;
}

const NEW_VIEWS: Making = { table: 'CREATE TABLE IF NOT EXISTS', view: 'CREATE OR REPLACE VIEW' };

/** Makes every table and view, and the row of guests. Harmless to repeat, unless `making` replaces tables. */
export function initStatements(
  dialect: Dialect,
  { table: makeTable, view: makeView } = NEW_VIEWS,
): Statement[] {
  return [
    ...tables.flatMap((table) => [
      made(`table ${table.name}`, table.name, createTable(dialect, table, makeTable)),
      ...commentOn(dialect, 'TABLE', table),
    ]),
    { kind: 'insert', object: 'dim_customer', label: 'row of guests', sql: insertGuest(dialect) },
    ...views.flatMap((view) => [
      made(`view ${view.name}`, view.name, createView(dialect, view, makeView)),
      ...commentOn(dialect, 'VIEW', view),
    ]),
  ];
}

/** Makes the tables of a load. To be run before the transaction begins, which DDL may end. */
export function scratchStatements(dialect: Dialect): Statement[] {
  const silent: Dialect = { ...dialect, comments: 'nowhere' };
  return scratchTables().map((table) => {
    const name = dialect.scratch(table.name);
    return made(`table ${table.name}`, name, createTable(silent, { ...table, name }, dialect.createScratch));
  });
}

/** Drops the tables of a load, for targets where they outlive the session. */
export function dropScratchStatements(dialect: Dialect): Statement[] {
  return scratchTables().map(({ name }) => ({
    kind: 'drop',
    object: dialect.scratch(name),
    label: `drop ${name}`,
    sql: `DROP TABLE IF EXISTS ${dialect.scratch(name)}`,
  }));
}

const made = (label: string, object: string, sql: string): Statement => ({
  kind: 'create',
  object,
  label,
  sql,
});

const scratchTables = (): WarehouseTable[] => [
  ...datasets.map(loadTable),
  ...derivedTables.map(({ affected }) => idTable(affected)),
];

/** @param create such as CREATE TRANSIENT TABLE */
export function createTable(
  dialect: Dialect,
  { name, doc, columns }: WarehouseTable,
  create = NEW_VIEWS.table,
): string {
  const lines = columns.map(
    (column) =>
      `  ${column.name} ${dialect.type(column.type)}${column.nullable ? '' : ' NOT NULL'}${commentWithin(dialect, column.doc)}`,
  );
  const suffix = `${keepGrants(dialect, create)}${objectCommentWithin(dialect, doc)}`;
  return `${create} ${name} (\n${lines.join(',\n')}\n)${suffix}`;
}

/** A view casts every column to its declared type: targets disagree on the type of a sum. */
export function createView(
  dialect: Dialect,
  { name, doc, columns, sql }: WarehouseView,
  create = NEW_VIEWS.view,
): string {
  const casts = columns.map(
    (column) => `CAST(q.${column.name} AS ${dialect.type(column.type)}) AS ${column.name}`,
  );
  const names = columns.map((column) => `${column.name}${commentWithin(dialect, column.doc)}`);
  const list = dialect.comments === 'within' ? ` (\n  ${names.join(',\n  ')}\n)` : '';
  const suffix = `${keepGrants(dialect, create)}${objectCommentWithin(dialect, doc)}`;
  return `${create} ${name}${list}${suffix} AS\nSELECT ${casts.join(', ')}\n  FROM (${sql}) q`;
}

const keepGrants = (dialect: Dialect, create: string): string =>
  create.includes('OR REPLACE') ? dialect.keepGrants : '';

const idTable = ({ name, column }: Pick<AffectedIds, 'name' | 'column'>): WarehouseTable => ({
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
