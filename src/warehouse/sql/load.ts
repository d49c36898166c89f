import { datasets } from '../../lake/datasets/catalogue';
import type { Dataset } from '../../lake/datasets/dataset';
import { derivedTables } from '../model/catalogue';
import type { Dialect } from '../model/dialect';
import { loadTable, stagingTable } from '../model/staging';
import type { DerivedTable, WarehouseColumn } from '../model/table';
import type { Statement } from './statement';

/**
 * Merges the rows of the `load_<dataset>` tables into the warehouse: in this order, in one transaction. The
 * caller adds the ledger and the days.
 * @param loaded names of the datasets that have new files
 */
export function loadStatements(dialect: Dialect, loaded: ReadonlySet<string>): Statement[] {
  const derived = derivedTables.filter(({ affected }) => affected.datasets.some((name) => loaded.has(name)));
  const fresh = datasets.filter(({ name }) => loaded.has(name));
  return [
    ...fresh.map((dataset) => leaveOutKnown(dialect, dataset)),
    ...fresh.map((dataset) => mergeIntoStaging(dialect, dataset)),
    ...derived.map((table) => findAffected(dialect, table)),
    ...derived.flatMap((table) => makeAgain(dialect, table)),
  ];
}

/**
 * Rows with the same key are equal, whichever file they come from. A row that is there already has had its
 * effect. Without this, a compacted file would make all facts of its rows again.
 */
function leaveOutKnown(dialect: Dialect, dataset: Dataset): Statement {
  const load = dialect.scratch(loadTable(dataset).name);
  const { name, key } = stagingTable(dataset);
  const same = key.map((column) => `t.${column} = ${load}.${column}`).join(' AND ');
  return {
    kind: 'delete',
    object: load,
    label: `leave out known ${dataset.name}`,
    sql: `DELETE FROM ${load} USING ${name} AS t WHERE ${same}`,
  };
}

function mergeIntoStaging(dialect: Dialect, dataset: Dataset): Statement {
  const staging = stagingTable(dataset);
  const load = dialect.scratch(loadTable(dataset).name);
  const names = columnNames(staging.columns);
  const key = staging.key.join(', ');
  const on = staging.key.map((column) => `t.${column} = n.${column}`).join(' AND ');
  const sql = `
MERGE INTO ${staging.name} AS t
USING (SELECT ${names.join(', ')} FROM ${load} QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY ${key}) = 1) AS n
   ON ${on}
 WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${names.map((name) => `n.${name}`).join(', ')})`;
  return { kind: 'merge', object: staging.name, label: `merge ${staging.name}`, sql };
}

const findAffected = (dialect: Dialect, { affected: { name, column, sql } }: DerivedTable): Statement => ({
  kind: 'find',
  object: dialect.scratch(name),
  label: `find ${name}`,
  sql: `INSERT INTO ${dialect.scratch(name)} (${column}) ${sql(dialect)}`,
});

function makeAgain(dialect: Dialect, { name, columns, affected, rows }: DerivedTable): Statement[] {
  const names = columnNames(columns).join(', ');
  return [
    {
      kind: 'delete',
      object: name,
      label: `clear ${name}`,
      sql: `DELETE FROM ${name} WHERE ${affected.column} IN (SELECT ${affected.column} FROM ${dialect.scratch(affected.name)})`,
    },
    {
      kind: 'insert',
      object: name,
      label: `fill ${name}`,
      sql: `INSERT INTO ${name} (${names}) SELECT ${names} FROM (${rows(dialect)}) q`,
    },
  ];
}

const columnNames = (columns: readonly WarehouseColumn[]): string[] => columns.map(({ name }) => name);
