import { join } from 'node:path';
import { Turns } from '../../concurrency/turns';
import type { Dataset } from '../datasets/dataset';
import { LakeError } from '../errors/lake-error';
import type { Catalog } from '../iceberg/committer';
import { TableError } from '../iceberg/errors';
import { checksumIn } from '../local-files/checksum';
import { problemInLake } from '../local-files/local-file';
import { hasTable } from '../tables/has-table';
import { type CutFile, liveFiles } from '../tables/live-files';

/** Something that is wrong in a lake. */
export interface BadFile {
  dataset: string;
  /** key of the data file; null when the metadata of the table is damaged, which `problem` names */
  file: string | null;
  problem: string;
}

export interface LakeCheck {
  /** number of live data files that were checked */
  files: number;
  /** size of those files */
  bytes: number;
  /**
   * number of those files that were written without a checksum; only their existence and size were checked
   */
  withoutChecksum: number;
  bad: BadFile[];
}

export interface VerifyLakeOptions {
  /** for copies of files of a lake that lies elsewhere; absolute, must exist */
  workFolder: string;
  /** called with the number of files checked so far, and of all files in the tables listed so far */
  onProgress?(done: number, total: number, dataset: string): void;
  signal?: AbortSignal;
}

/** One by one, most of the time is spent waiting for a distant bucket. */
const FILES_AT_ONCE = 4;

/**
 * Reads every live data file of some tables and compares it with its checksum. Does not stop at the first
 * problem.
 * @throws ObjectStoreError when the store does not answer
 */
export async function verifyLake(
  catalog: Catalog,
  datasets: readonly Dataset[],
  { workFolder, onProgress = () => {}, signal }: VerifyLakeOptions,
): Promise<LakeCheck> {
  const check: LakeCheck = { files: 0, bytes: 0, withoutChecksum: 0, bad: [] };
  const turns = new Turns(FILES_AT_ONCE);
  let total = 0;
  let copies = 0;
  for (const { name } of datasets) {
    const listed = await listFiles(catalog, name);
    if ('problem' in listed) {
      check.bad.push(listed);
      continue;
    }
    const { files } = listed;
    total += files.length;
    const bad = await turns.map(files, async (file) => {
      signal?.throwIfAborted();
      const problem = await problemOf(catalog, file, join(workFolder, `copy-${copies++}`));
      check.files += 1;
      check.bytes += file.fileSize;
      if (checksumIn(file.path) === undefined) check.withoutChecksum += 1;
      onProgress(check.files, total, name);
      return problem === undefined ? [] : [{ dataset: name, file: file.path, problem }];
    });
    check.bad.push(...(await stillLive(catalog, name, bad.flat())));
  }
  return check;
}

async function listFiles(
  catalog: Catalog,
  name: string,
): Promise<{ files: CutFile[] } | (BadFile & { file: null })> {
  try {
    const files: CutFile[] = [];
    if (await hasTable(catalog, name)) for await (const file of liveFiles(catalog, name)) files.push(file);
    return { files };
  } catch (error) {
    if (!(error instanceof TableError || error instanceof LakeError)) throw error;
    return { dataset: name, file: null, problem: error.message };
  }
}

async function problemOf(
  { store }: Catalog,
  { path, fileSize }: CutFile,
  copy: string,
): Promise<string | undefined> {
  const found = await store.head(path);
  if (!found) return 'is gone';
  if (found.size !== fileSize) return `has ${found.size} bytes, and ${fileSize} were written`;
  return problemInLake(store, path, copy);
}

/** Leaves out files that are no longer live: a compaction may have replaced them meanwhile. */
async function stillLive(catalog: Catalog, name: string, bad: readonly BadFile[]): Promise<BadFile[]> {
  if (bad.length === 0) return [];
  const listed = await listFiles(catalog, name);
  if ('problem' in listed) return [listed];
  const live = new Set(listed.files.map(({ path }) => path));
  return bad.filter(({ file }) => file !== null && live.has(file));
}
