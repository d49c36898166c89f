import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../datasets/dataset';
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
import { ParquetWriter } from '../parquet/parquet-writer';
import { dataFileKey, partitionFolder } from '../parquet/partition';
import { sayingHowToMend } from '../tables/how-to-mend';
import { carriedStamp } from '../tables/stamp';

export interface CompactTableOptions extends RewriteOptions {
  parquet: ParquetWriter;
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
  { parquet, workFolder, signal, ...options }: CompactTableOptions,
): Promise<RewriteResult> {
  const rewrite = async (group: FileGroup) => {
    signal?.throwIfAborted();
    return rewriteGroup(catalog, dataset, { parquet, workFolder, signal }, group);
  };
  return sayingHowToMend(() =>
    rewriteDataFiles(catalog, dataset, rewrite, { ...options, carryOver: carriedStamp }),
  );
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
  const parquet = await ParquetWriter.open({ temporaryFolder: join(workFolder, 'duckdb') });
  try {
    const results: (RewriteResult & { dataset: string })[] = [];
    for (const dataset of datasets) {
      onDataset(dataset.name, results.length);
      const result = await compactTable(catalog, dataset, { ...options, parquet, workFolder });
      results.push({ dataset: dataset.name, ...result });
    }
    return results;
  } finally {
    await parquet.close();
  }
}

async function rewriteGroup(
  { store }: Catalog,
  dataset: Dataset,
  { parquet, workFolder, signal }: CompactTableOptions,
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
    const merged = await parquet.mergeFiles(dataset, paths, join(workFolder, `${name}.new`), signal);
    const file = await nameWithChecksum(name, merged.path);
    const path = dataFileKey(dataset, partitionFolder(dataset, partition), file);
    await store.putFileIfAbsent(path, merged.path);
    await rm(merged.path, { force: true });
    return { ...merged, path, partition };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
