import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { EventStore } from '../../../src/event-store/event-store';
import { eventDatasets } from '../../../src/lake/datasets/catalogue';
import type { Catalog } from '../../../src/lake/iceberg/committer';
import { localFile } from '../../../src/lake/local-files/local-file';
import { liveFiles } from '../../../src/lake/tables/live-files';
import { writeParquet } from '../warehouse/parquet';
import { rowsOfLog } from './totals';

/** How many rows of a dataset's table are wrong. */
export interface DatasetCensus {
  dataset: string;
  rows: number;
  /** rows of the log that its table lacks */
  lost: number;
  /** rows of its table that the log does not account for */
  doubled: number;
}

/**
 * Compares every table of a lake with the rows that its dataset makes of the whole log, value by value.
 */
export async function lakeCensus(store: EventStore, catalog: Catalog): Promise<DatasetCensus[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-census-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const count = async (sql: string) =>
    Number((await connection.runAndReadAll(`SELECT count(*) FROM (${sql})`)).getRows()[0]?.[0]);
  try {
    const found: DatasetCensus[] = [];
    for (const dataset of eventDatasets) {
      const file = join(folder, `${dataset.name}.parquet`);
      const logCount = await writeParquet(dataset, await rowsOfLog(store, dataset), file);
      const there: string[] = [];
      for await (const { path } of liveFiles(catalog, dataset.name)) {
        there.push(await localFile(catalog.store, path, join(folder, 'copies')));
      }
      const [logRows, tableRows] = [rowsOf([file]), rowsOf(there)];
      if (!tableRows) {
        found.push({ dataset: dataset.name, rows: 0, lost: logCount, doubled: 0 });
        continue;
      }
      found.push({
        dataset: dataset.name,
        rows: await count(tableRows),
        lost: await count(`${logRows} EXCEPT ALL ${tableRows}`),
        doubled: await count(`${tableRows} EXCEPT ALL ${logRows}`),
      });
    }
    return found;
  } finally {
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The datasets of a census whose tables differ from the log. */
export const wrong = (census: readonly DatasetCensus[]): DatasetCensus[] =>
  census.filter(({ lost, doubled }) => lost > 0 || doubled > 0);

function rowsOf(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return undefined;
  const files = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
  return `SELECT * FROM read_parquet([${files}], hive_partitioning = false)`;
}
