import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { MaintainedCatalog } from '../../../src/lake/iceberg/committer';
import { localFile } from '../../../src/lake/local-files/local-file';
import { literal } from '../../../src/lake/parquet/duckdb-schema';
import { liveFiles } from '../../../src/lake/tables/live-files';

/** How two tables of one name differ. */
export interface TableDifference {
  table: string;
  rows: number;
  /** rows that only the first has */
  lost: number;
  /** rows that only the second has */
  extra: number;
  /** one of those, as text */
  example?: string;
}

/** Compares tables of two lakes row by row, value by value. @param names of the tables */
export async function compareTables(
  wanted: MaintainedCatalog,
  found: MaintainedCatalog,
  names: readonly string[],
): Promise<TableDifference[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-compare-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const answer = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  const count = async (sql: string) => Number((await answer(`SELECT count(*) FROM (${sql})`))[0]?.[0]);
  try {
    const differences: TableDifference[] = [];
    for (const table of names) {
      const [a, b] = [await files(wanted, table, folder), await files(found, table, folder)];
      if (a.length === 0 || b.length === 0) {
        const [lost, extra] = [a.length && (await count(rows(a))), b.length && (await count(rows(b)))];
        differences.push({ table, rows: extra, lost, extra });
        continue;
      }
      const columns = (await answer(`SELECT column_name FROM (DESCRIBE ${rows(a)})`)).map(([name]) => name);
      const [left, right] = [a, b].map((each) => rows(each, columns.join(', '))) as [string, string];
      const lost = `${left} EXCEPT ALL ${right}`;
      const extra = `${right} EXCEPT ALL ${left}`;
      const both = `SELECT 'wanted' AS side, * FROM (${lost}) UNION ALL SELECT 'found', * FROM (${extra})`;
      const [example] = await answer(`SELECT x::VARCHAR FROM (${both}) x LIMIT 1`);
      differences.push({
        table,
        rows: await count(right),
        lost: await count(lost),
        extra: await count(extra),
        ...(example && { example: String(example[0]) }),
      });
    }
    return differences;
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The tables that are not equal. */
export const unequal = (differences: readonly TableDifference[]): TableDifference[] =>
  differences.filter(({ lost, extra }) => lost > 0 || extra > 0);

async function files(catalog: MaintainedCatalog, table: string, folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of liveFiles(catalog, table))
    paths.push(await localFile(catalog.store, path, folder));
  return paths;
}

const rows = (paths: readonly string[], columns = '*'): string =>
  `SELECT ${columns} FROM read_parquet([${paths.map(literal).join(', ')}], hive_partitioning = false)`;
