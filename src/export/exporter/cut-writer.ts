import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../dataset';
import { appendFiles, type Cut as CommittedCut } from '../iceberg/append';
import type { Catalog } from '../iceberg/committer';
import type { DataFile } from '../iceberg/data-file';
import { CUT } from '../iceberg/table';
import type { DatasetBuffer } from '../parquet/dataset-buffer';
import type { ParquetWriter, WrittenPartition } from '../parquet/parquet-writer';
import { type Cut, cutName } from './cut';
import type { CutRows } from './cut-rows';
import { LakeError } from './errors';
import { Turns } from './turns';

/** Of all datasets together: they hide the time that a distant bucket takes, and a small file is in memory on its way. */
const UPLOADS_AT_ONCE = 8;

export interface CutWriterOptions {
  catalog: Catalog;
  parquet: ParquetWriter;
  /** where files are made before they are taken to the lake */
  workFolder: string;
  storeIdentity: string;
}

/** Takes the rows of a cut to the tables of the lake. However often a cut is written, each table has it once. */
export class CutWriter {
  private readonly uploads = new Turns(UPLOADS_AT_ONCE);

  constructor(private readonly options: CutWriterOptions) {}

  /**
   * Returns when every dataset that has rows has them in its table.
   * @param only the one dataset that is written; default: all
   */
  async write(cut: Cut, rows: CutRows, only?: Dataset): Promise<void> {
    const commits: Promise<void>[] = [];
    const folder = join(this.options.workFolder, cutName(cut.number));
    try {
      for (const buffer of rows.filled()) {
        if (only && buffer.dataset !== only) continue;
        if (await this.hasCut(buffer.dataset, cut)) continue;
        const files = await this.options.parquet.write(buffer, join(folder, buffer.dataset.name));
        // The next dataset is made into files while this one's are on their way.
        commits.push(this.commit(cut, buffer, files, only !== undefined));
        commits.at(-1)?.catch(() => {});
      }
      await Promise.all(commits);
    } finally {
      await Promise.allSettled(commits);
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async hasCut({ name }: Dataset, { number }: Cut): Promise<boolean> {
    const table = await this.options.catalog.committer.load(name);
    return Number(table?.metadata.properties[CUT] ?? 0) >= number;
  }

  private async commit(
    cut: Cut,
    { dataset }: DatasetBuffer,
    written: readonly WrittenPartition[],
    resuming: boolean,
  ): Promise<void> {
    const files = await this.uploads.map(written, (file) => this.upload(cut, dataset, file));
    await appendFiles(this.options.catalog, dataset, files, stampOf(cut, this.options.storeIdentity), {
      resuming,
    });
  }

  /** Of two files of the same cut the first stays. Both hold the same rows, but only that one's size counts. */
  private async upload(cut: Cut, dataset: Dataset, file: WrittenPartition): Promise<DataFile> {
    const { store } = this.options.catalog;
    const path = [dataset.name, 'data', file.partitionFolder, `${cutName(cut.number)}.parquet`]
      .filter((part) => part !== '')
      .join('/');
    if ((await store.putFileIfAbsent(path, file.path)) === 'created') return { ...file, path };
    const standing = await store.head(path);
    if (!standing) throw new LakeError(`${store.root}/${path} was there and is gone`);
    return { ...file, path, fileSize: standing.size };
  }
}

function stampOf(cut: Cut, store: string): CommittedCut {
  const from = cut.kind === 'range' ? cut.after : cut.through;
  return { number: cut.number, from, through: cut.through, store };
}
