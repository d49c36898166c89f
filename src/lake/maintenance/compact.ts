import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDb, type DuckDbSession } from '../../duckdb/duckdb';
import type { Dataset } from '../datasets/dataset';
import { loadTable } from '../iceberg/commit';
import type { Catalog } from '../iceberg/committer';
import type { DataFile } from '../iceberg/data-file';
import {
  type FileGroup,
  type RewriteOptions,
  type RewriteResult,
  rewriteDataFiles,
} from '../iceberg/rewrite-data-files';
import { nameWithChecksum } from '../local-files/checksum';
import { localFile } from '../local-files/local-file';
import { mergeFiles } from '../parquet/merge-files';
import { dataFileKey, partitionFolder } from '../parquet/partition';
import { sayingHowToMend } from '../tables/how-to-mend';
import { laidOut } from '../tables/layout';
import { carriedStamp } from '../tables/stamp';

export interface CompactTableOptions extends RewriteOptions {
  session: DuckDbSession;
  /** for unfinished files; absolute */
  workFolder: string;
  /** an abort ends the compaction at once; files that are not committed yet are orphans */
  signal?: AbortSignal;
}

/**
 * Replaces small files of a dataset's table by larger ones, partition by partition. The rows stay the same.
 * @throws TableError when there is no such table; DamagedFileError when a file is not as it was written: the
 *   new file would have its damage and a valid checksum
 */
export function compactTable(
  catalog: Catalog,
  dataset: Dataset,
  { session, workFolder, signal, ...options }: CompactTableOptions,
): Promise<RewriteResult> {
  return sayingHowToMend(async () => {
    const layout = laidOut(dataset, await loadTable(catalog, dataset.name));
    const rewrite = async (group: FileGroup) => {
      signal?.throwIfAborted();
      return rewriteGroup(catalog, layout, { session, workFolder, signal }, group);
    };
    return rewriteDataFiles(catalog, layout, rewrite, { ...options, carryOver: carriedStamp });
  });
}

/**
 * Compacts the tables of some datasets, one after the other.
 * @param workFolder for unfinished files; absolute
 * @param onDataset called before each table, with the number of tables that are done; may throw to stop there
 * @throws as `compactTable`; the tables before the one that failed are compacted
 */
export async function compactLake(
  catalog: Catalog,
  datasets: readonly Dataset[],
  workFolder: string,
  options: RewriteOptions = {},
  onDataset: (name: string, done: number) => void = () => {},
): Promise<(RewriteResult & { dataset: string })[]> {
  const duckdb = await DuckDb.open({ temporaryFolder: join(workFolder, 'duckdb') });
  const session = await duckdb.connect();
  try {
    const results: (RewriteResult & { dataset: string })[] = [];
    for (const dataset of datasets) {
      onDataset(dataset.name, results.length);
      const result = await compactTable(catalog, dataset, { ...options, session, workFolder });
      results.push({ dataset: dataset.name, ...result });
    }
    return results;
  } finally {
    session.close();
    duckdb.close();
  }
}

async function rewriteGroup(
  { store }: Catalog,
  dataset: Dataset,
  { session, workFolder, signal }: CompactTableOptions,
  { partition, files }: FileGroup,
): Promise<DataFile> {
  const name = `compacted-${randomUUID()}`;
  const folder = join(workFolder, name);
  try {
    const paths: string[] = [];
    for (const file of files) {
      signal?.throwIfAborted();
      paths.push(await localFile(store, file.path, folder));
    }
    const merged = await mergeFiles(session, dataset, paths, join(workFolder, `${name}.new`), signal);
    const file = await nameWithChecksum(name, merged.path);
    const path = dataFileKey(dataset, partitionFolder(dataset, partition), file);
    await store.putFileIfAbsent(path, merged.path);
    await rm(merged.path, { force: true });
    return { ...merged, path, partition };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
