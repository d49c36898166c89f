import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { datasets } from '../../../src/export/datasets/catalogue';
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

/** Rows and hash of every table but the ledger, whatever the order of the rows. */
export async function tableHashes(warehouse: TestWarehouse): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const { name } of compared) {
    const [row] = await rowsIn(
      warehouse,
      `SELECT count(*) AS n, md5(string_agg(line, chr(10) ORDER BY line)) AS hash
         FROM (SELECT CAST(t AS VARCHAR) AS line FROM ${name} t)`,
    );
    hashes[name] = `${row?.n} ${row?.hash}`;
  }
  return hashes;
}

export const everyName: readonly string[] = [...compared, ...views].map(({ name }) => name);
