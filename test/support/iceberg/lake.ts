import { randomUUID } from 'node:crypto';
import type { Row } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import type { AppendResult } from '../../../src/lake/iceberg/append';
import type { Catalog, LoadedTable } from '../../../src/lake/iceberg/committer';
import type { DataFile } from '../../../src/lake/iceberg/data-file';
import type { LiveFile } from '../../../src/lake/iceberg/live-files';
import {
  type FileGroup,
  type RewriteResult,
  rewriteDataFiles,
} from '../../../src/lake/iceberg/rewrite-data-files';
import { appendCut } from '../../../src/lake/tables/append-cut';
import { type CutStamp, carriedStamp } from '../../../src/lake/tables/stamp';
import { FolderLake } from '../lake/test-lake';
import { measurement, measurements } from './measurements';
import { putParquet } from './parquet-files';

export const STORE_IDENTITY = 'store-1';

export interface TestLake extends Catalog {
  folder: string;
  /** the metadata file that a reader opens */
  source(name?: string): Promise<{ metadata: string }>;
  table(name?: string): Promise<LoadedTable>;
  remove(): Promise<void>;
}

/** A lake in a folder of its own. */
export async function createLake(): Promise<TestLake> {
  const lake = await FolderLake.create();
  const catalog = lake.catalog();
  const table = async (name = measurements.name) => (await catalog.committer.load(name))!;
  return {
    ...catalog,
    folder: lake.options.url,
    table,
    source: async (name) => ({ metadata: (await table(name)).metadataLocation }),
    remove: () => lake.remove(),
  };
}

export const stampOf = (number: number): CutStamp => ({
  number,
  from: position(number * 10),
  through: position(number * 10 + 9),
  store: STORE_IDENTITY,
});

/**
 * Ten rows of a kind, for a cut. Their ids count from 10 x `number`, and their month follows from `number`.
 */
export const rowsOfCut = (number: number, kind: string): Row[] =>
  Array.from({ length: 10 }, (_, n) => measurement(number * 10 + n, kind, number % 12));

/** Writes and commits the two files of a cut. */
export async function addCut(
  catalog: Catalog,
  number: number,
  dataset: Dataset = measurements,
): Promise<AppendResult> {
  const files = await Promise.all(['a', 'b'].map((kind) => putCutFile(catalog, number, kind, dataset)));
  return appendCut(catalog, dataset, files, stampOf(number));
}

/** Replaces the small files of each partition by one file, as a compaction does. */
export const compactFiles = (
  catalog: Catalog,
  dataset: Dataset = measurements,
  rewrite = rewriteGroup(catalog, dataset),
): Promise<RewriteResult> => rewriteDataFiles(catalog, dataset, rewrite, { carryOver: carriedStamp });

type OldFile = Pick<LiveFile, 'path' | 'partition'>;

/** Writes one file, under a new name, with the rows of all files of a group. */
export function rewriteGroup(
  { store }: Catalog,
  dataset: Dataset = measurements,
): (group: Pick<FileGroup, 'partition'> & { files: readonly OldFile[] }) => Promise<DataFile> {
  return ({ files }) => {
    const rows = files.flatMap(({ path, partition: [kind] }) =>
      rowsOfCut(Number(/(\d+)\.parquet$/.exec(path)?.[1]), String(kind)),
    );
    return putParquet(store, dataset, randomUUID(), rows);
  };
}

/** Writes a file of a cut. A column that `measurements` does not have is the text `new` in every row. */
export function putCutFile(
  { store }: Catalog,
  number: number,
  kind: string,
  dataset: Dataset = measurements,
): Promise<DataFile> {
  const added = dataset.columns.slice(measurements.columns.length).map(({ name }) => [name, 'new']);
  const rows = rowsOfCut(number, kind).map((row) => ({ ...row, ...Object.fromEntries(added) }));
  return putParquet(store, dataset, fileName(number), rows);
}

/** Copies a file as one of another cut, which is much quicker than writing one. */
export async function copyToCut({ store }: Catalog, file: DataFile, number: number): Promise<DataFile> {
  const path = file.path.replace(/[^/]+\.parquet$/, `${fileName(number)}.parquet`);
  await store.putIfAbsent(path, (await store.get(file.path))!);
  return { ...file, path };
}

const fileName = (number: number): string => String(number).padStart(4, '0');
const position = (n: number): string => String(n).padStart(19, '0');
