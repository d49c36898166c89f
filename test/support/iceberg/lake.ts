import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset, Row } from '../../../src/export/dataset';
import { type AppendResult, appendFiles, type Cut } from '../../../src/export/iceberg/append';
import type { Catalog, LoadedTable } from '../../../src/export/iceberg/committer';
import type { DataFile } from '../../../src/export/iceberg/data-file';
import { HadoopCommitter } from '../../../src/export/iceberg/hadoop-committer';
import type { ObjectStore } from '../../../src/export/object-store/object-store';
import type { TableSource } from '../readers/readers';
import { FolderStore } from './folder-store';
import { measurement, measurements } from './measurements';
import { putParquet } from './parquet-files';

export const STORE_IDENTITY = 'store-1';

export interface TestLake extends Catalog {
  folder: string;
  store: FolderStore;
  /** what a reader opens */
  source(name?: string): Promise<TableSource>;
  table(name?: string): Promise<LoadedTable>;
  remove(): Promise<void>;
}

/** A lake in a folder of its own. */
export async function createLake(): Promise<TestLake> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
  const store = new FolderStore(folder);
  const committer = new HadoopCommitter(store);
  const table = async (name = measurements.name) => (await committer.load(name))!;
  return {
    folder,
    store,
    committer,
    table,
    source: async (name) => ({ metadata: (await table(name)).metadataLocation }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Another process's view of the same tables. */
export function anotherCatalog(store: ObjectStore): Catalog {
  return { store, committer: new HadoopCommitter(store) };
}

export const cutOf = (number: number): Cut => ({
  number,
  from: position(number * 10),
  through: position(number * 10 + 9),
  store: STORE_IDENTITY,
});

/** Ten rows each of kinds `a` and `b`: those of cut `number` have ids from 10 x `number` on, and lie in its month. */
export const rowsOfCut = (number: number, kind: string): Row[] =>
  Array.from({ length: 10 }, (_, n) => measurement(number * 10 + n, kind, number % 12));

/** Writes and commits the two files of a cut. */
export async function appendCut(
  catalog: Catalog,
  number: number,
  dataset: Dataset = measurements,
): Promise<AppendResult> {
  const files = await Promise.all(['a', 'b'].map((kind) => putCutFile(catalog, number, kind, dataset)));
  return appendFiles(catalog, dataset, files, cutOf(number));
}

export function putCutFile(
  { store }: Catalog,
  number: number,
  kind: string,
  dataset: Dataset = measurements,
): Promise<DataFile> {
  return putParquet(store, dataset, String(number).padStart(4, '0'), rowsOfCut(number, kind));
}

const position = (n: number): string => String(n).padStart(19, '0');
