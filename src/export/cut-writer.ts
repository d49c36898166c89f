import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Turns } from '../concurrency/turns';
import { type Cut, cutName } from '../lake/cuts/cut';
import type { Dataset } from '../lake/datasets/dataset';
import type { Catalog } from '../lake/iceberg/committer';
import type { DataFile } from '../lake/iceberg/data-file';
import { nameWithChecksum } from '../lake/local-files/checksum';
import { problemInLake } from '../lake/local-files/local-file';
import type { DatasetBuffer } from '../lake/parquet/dataset-buffer';
import type { ParquetWriter, WrittenPartition } from '../lake/parquet/parquet-writer';
import { dataFileKey } from '../lake/parquet/partition';
import { type AppendOptions, appendCut } from '../lake/tables/append-cut';
import { stampOf } from '../lake/tables/stamp';
import type { CutRows } from './cut-rows';

/**
 * Of all datasets together: they hide the time that a distant bucket takes, and a small file is in memory on
 * its way.
 */
const UPLOADS_AT_ONCE = 8;

export interface CutWriterOptions {
  catalog: Catalog;
  parquet: ParquetWriter;
  /** where files are made before they are taken to the lake */
  workFolder: string;
  storeIdentity: string;
}

export interface WriteOptions extends AppendOptions {
  /** the one dataset that is written; default: all */
  only?: Dataset;
  /** an abort ends it before the next commit of a table; the cut is to be written again then */
  signal: AbortSignal;
}

/**
 * Takes the rows of a cut to the tables of the lake. However often a cut is written, each table has it once.
 */
export class CutWriter {
  private readonly uploads = new Turns(UPLOADS_AT_ONCE);

  constructor(private readonly options: CutWriterOptions) {}

  /**
   * Returns when every dataset that has rows has them in its table.
   * @throws OvertakenError as `appendCut` does; the reason of `signal`
   */
  async write(cut: Cut, rows: CutRows, { only, resuming, signal }: WriteOptions): Promise<void> {
    const commits: Promise<void>[] = [];
    const folder = join(this.options.workFolder, cutName(cut.number));
    try {
      for (const buffer of rows.filled()) {
        if (only && buffer.dataset !== only) continue;
        const files = await this.options.parquet.write(buffer, join(folder, buffer.dataset.name), signal);
        // The next dataset is made into files while this one's are on their way.
        commits.push(this.commit(cut, buffer, files, { resuming, signal }));
        commits.at(-1)?.catch(() => {});
      }
      await Promise.all(commits);
    } finally {
      await Promise.allSettled(commits);
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async commit(
    cut: Cut,
    { dataset }: DatasetBuffer,
    written: readonly WrittenPartition[],
    { resuming, signal }: WriteOptions,
  ): Promise<void> {
    const files = await this.uploads.map(written, (file) => {
      signal.throwIfAborted();
      return this.upload(cut, dataset, file);
    });
    const { catalog, storeIdentity } = this.options;
    await appendCut(catalog, dataset, files, stampOf(cut, storeIdentity), { resuming });
  }

  /**
   * A file is named after its content, so the one that stands under its name is the same, or damaged: then it
   * is mended. Another version of the program may make another file of the same cut, which stands beside it.
   */
  private async upload(cut: Cut, dataset: Dataset, file: WrittenPartition): Promise<DataFile> {
    const { store } = this.options.catalog;
    const name = await nameWithChecksum(cutName(cut.number), file.path);
    const path = dataFileKey(dataset, file.partitionFolder, name);
    if ((await store.putFileIfAbsent(path, file.path)) === 'exists') {
      const problem = await problemInLake(store, path, `${file.path}.standing`);
      // A file of a cut is no larger than the cut, so it may be in memory.
      if (problem !== undefined) await store.put(path, await readFile(file.path));
    }
    return { ...file, path };
  }
}
