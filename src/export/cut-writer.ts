import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Turns } from '../concurrency/turns';
import { type Cut, cutName } from '../lake/cuts/cut';
import type { Dataset } from '../lake/datasets/dataset';
import type { Catalog } from '../lake/iceberg/committer';
import type { DataFile } from '../lake/iceberg/data-file';
import { nameWithChecksum } from '../lake/local-files/checksum';
import { problemInLake } from '../lake/local-files/local-file';
import { dataFileKey } from '../lake/parquet/partition';
import type { WrittenPartition } from '../lake/parquet/write-partitions';
import { type AppendOptions, appendCut } from '../lake/tables/append-cut';
import { stampOf } from '../lake/tables/stamp';
import { concerns } from './cut-again';
import type { LogWindow } from './window/log-window';

/**
 * Uploads of all datasets together. One by one, most of the time is spent waiting for a distant bucket; a
 * small file is in memory while it is sent, so there is a limit.
 */
const UPLOADS_AT_ONCE = 8;

export interface CutWriterOptions {
  catalog: Catalog;
  /** gives a dataset with the partitions that its table has */
  layout(dataset: Dataset): Dataset;
  /** for files before they are uploaded */
  workFolder: string;
  storeIdentity: string;
}

export interface WriteOptions extends AppendOptions {
  /** an abort ends the writing before the next commit to a table; the cut has to be written again then */
  signal: AbortSignal;
}

/**
 * Writes the rows of a cut to the tables of the lake. However often a cut is written, each table has it once.
 */
export class CutWriter {
  private readonly uploads = new Turns(UPLOADS_AT_ONCE);

  constructor(private readonly options: CutWriterOptions) {}

  /**
   * Resolves when the tables of some datasets have the rows of the cut.
   * @param window prepared for those of them that the cut concerns
   * @returns how many rows there are
   * @throws OvertakenError as `appendCut` does; the reason of `signal`
   */
  async write(
    cut: Cut,
    window: LogWindow,
    datasets: readonly Dataset[],
    { resuming, signal }: WriteOptions,
  ): Promise<number> {
    const commits: Promise<void>[] = [];
    const folder = join(this.options.workFolder, cutName(cut.number));
    let rows = 0;
    try {
      for (const each of datasets) {
        if (!concerns(cut, each)) continue;
        const dataset = this.options.layout(each);
        const files = await window.write(dataset, join(folder, dataset.name), signal);
        if (files.length === 0) continue;
        for (const { recordCount } of files) rows += recordCount;
        // The files of the next dataset are made while those of this one are uploaded.
        commits.push(this.commit(cut, dataset, files, { resuming, signal }));
        commits.at(-1)?.catch(() => {});
      }
      await Promise.all(commits);
    } finally {
      await Promise.allSettled(commits);
      await rm(folder, { recursive: true, force: true });
    }
    return rows;
  }

  private async commit(
    cut: Cut,
    dataset: Dataset,
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
   * Uploads a file under a name that has its checksum. A file that stands under that name is the same, unless
   * it is damaged: then it is replaced. Another version of the program may make another file of the same cut,
   * which has another name.
   */
  private async upload(cut: Cut, dataset: Dataset, file: WrittenPartition): Promise<DataFile> {
    const { store } = this.options.catalog;
    const name = await nameWithChecksum(cutName(cut.number), file.path);
    const path = dataFileKey(dataset, file.partitionFolder, name);
    if ((await store.putFileIfAbsent(path, file.path)) === 'exists') {
      const problem = await problemInLake(store, path, `${file.path}.standing`);
      // A file is no larger than its cut, which was in memory as well.
      if (problem !== undefined) await store.put(path, await readFile(file.path));
    }
    return { ...file, path };
  }
}
