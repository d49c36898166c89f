import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../datasets/dataset';
import type { Catalog } from '../iceberg/committer';
import {
  type CompactionGroup,
  type CompactionOptions,
  type CompactionResult,
  compact,
} from '../iceberg/compact';
import type { DataFile } from '../iceberg/data-file';
import { nameWithChecksum } from '../local-files/checksum';
import { localFile } from '../local-files/local-file';
import { ParquetWriter } from '../parquet/parquet-writer';
import { dataFileKey, partitionFolder } from '../parquet/partition';

export interface CompactTableOptions extends CompactionOptions {
  parquet: ParquetWriter;
  /** for files that are being made; absolute */
  workFolder: string;
  /** an abort ends it at once; what was not committed yet is an orphan */
  signal?: AbortSignal;
}

/**
 * Makes few large files of many small ones, partition by partition; rows stay as they are.
 * @throws TableError when there is no such table; DamagedFileError when a file is not as it was written: its
 *   damage would go on unseen
 */
export function compactTable(
  catalog: Catalog,
  dataset: Dataset,
  { parquet, workFolder, signal, ...options }: CompactTableOptions,
): Promise<CompactionResult> {
  const rewrite = async (group: CompactionGroup) => {
    signal?.throwIfAborted();
    return rewriteGroup(catalog, dataset, { parquet, workFolder, signal }, group);
  };
  return compact(catalog, dataset, rewrite, options);
}

/**
 * The same of several tables, with a writer of its own.
 * @param workFolder for files that are being made; absolute
 * @param onDataset called before each table, with the number of those that are done; may throw to end it
 *   there
 * @throws TableError when one of them does not exist; those before it are compacted
 */
export async function compactTables(
  catalog: Catalog,
  datasets: readonly Dataset[],
  workFolder: string,
  options: CompactionOptions = {},
  onDataset: (name: string, done: number) => void = () => {},
): Promise<(CompactionResult & { dataset: string })[]> {
  const parquet = await ParquetWriter.open({ temporaryFolder: join(workFolder, 'duckdb') });
  try {
    const results: (CompactionResult & { dataset: string })[] = [];
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
  { partition, files }: CompactionGroup,
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
