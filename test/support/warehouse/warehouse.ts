import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { datasets } from '../../../src/lake/datasets/catalogue';
import { warehouseFile } from '../../../src/warehouse/duckdb/published';
import { queryWarehouse } from '../../../src/warehouse/duckdb/query';
import { starTables, views } from '../../../src/warehouse/model/catalogue';
import { stagingTable } from '../../../src/warehouse/model/staging';

export interface TestWarehouse {
  folder: string;
  threads: number;
  remove(): Promise<void>;
}

export async function createTestWarehouse(): Promise<TestWarehouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tidemark-warehouse-'));
  return { folder, threads: 1, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The rows of a query, by column name; every value as text. */
export function rowsIn(warehouse: TestWarehouse, sql: string): Promise<Record<string, string | null>[]> {
  const text = `SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (${sql}) q`;
  return queryWarehouse(warehouse, text, async ({ columns, rows }) => {
    const found: Record<string, string | null>[] = [];
    for await (const chunk of rows)
      for (const row of chunk)
        found.push(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] as string | null])));
    return found;
  });
}

const compared = [...datasets.map(stagingTable), ...starTables];

/** Number and hash of the rows of every table but the ledger. The order of rows does not matter. */
export async function tableHashes(warehouse: TestWarehouse): Promise<Record<string, string>> {
  const each = compared.map(
    ({
      name,
    }) => `SELECT '${name}' AS name, count(*) AS n, md5(string_agg(line, chr(10) ORDER BY line)) AS hash
                     FROM (SELECT CAST(t AS VARCHAR) AS line FROM ${name} t)`,
  );
  const rows = await rowsIn(warehouse, each.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, n, hash }) => [name, `${n} ${hash}`]));
}

/** How one table of a warehouse differs from another warehouse's, in rows. */
export interface TableDifference {
  table: string;
  /** rows that only the expected one has */
  lost: number;
  /** rows that the expected one lacks, or has less often */
  doubled: number;
}

/** Compares every table but the ledger with that of another warehouse, row by row. */
export async function differences(
  actual: TestWarehouse,
  expected: TestWarehouse,
): Promise<TableDifference[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  try {
    const connection = await instance.connect();
    for (const [name, warehouse] of Object.entries({ actual, expected }))
      await connection.run(`ATTACH '${warehouseFile(warehouse)}' AS ${name} (READ_ONLY)`);
    const only = async (table: string, here: string, there: string) => {
      const sql = `SELECT count(*)::INTEGER FROM (FROM ${here}.${table} EXCEPT ALL FROM ${there}.${table})`;
      return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0]);
    };
    const found: TableDifference[] = [];
    for (const { name: table } of compared) {
      const lost = await only(table, 'expected', 'actual');
      found.push({ table, lost, doubled: await only(table, 'actual', 'expected') });
    }
    return found;
  } finally {
    instance.closeSync();
  }
}

export const everyName: readonly string[] = [...compared, ...views].map(({ name }) => name);
