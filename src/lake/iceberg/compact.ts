import type { Dataset } from '../datasets/dataset';
import type { Catalog } from './committer';
import type { DataFile } from './data-file';
import { StaleFilesError } from './errors';
import { type LiveFile, liveFiles } from './live-files';
import { replaceFiles } from './replace';

export interface CompactionOptions {
  /** bytes of a file that is large enough, and that a group is to have; default 128 MiB */
  targetBytes?: number;
  /** groups of fewer files are left alone; default 2 */
  minFiles?: number;
  /** files of one plan: what is left is for the next one; default 100,000 */
  maxFiles?: number;
  /**
   * a file that is larger than the others of its group together is left alone, so that one that grows is not
   * written again each time: each row is written as often as its file doubles. Default false
   */
  spareLarger?: boolean;
}

/** Small files of one partition that are to become one, oldest first. */
export interface CompactionGroup {
  partition: LiveFile['partition'];
  files: readonly LiveFile[];
}

export interface CompactionResult {
  filesReplaced: number;
  filesWritten: number;
  /** groups that somebody else had changed meanwhile; they are as they were */
  groupsSkipped: number;
}

const TARGET_BYTES = 128 * 1024 * 1024;
const MIN_FILES = 2;
const MAX_FILES = 100_000;
/** A file of this part of the target is not worth writing again. */
const LARGE_ENOUGH = 0.75;
const GROUPS_PER_COMMIT = 50;

/**
 * Which files of a table are to be made one: of each partition the small ones, together up to the target
 * size.
 */
export async function planCompaction(
  catalog: Catalog,
  name: string,
  {
    targetBytes = TARGET_BYTES,
    minFiles = MIN_FILES,
    maxFiles = MAX_FILES,
    spareLarger = false,
  }: CompactionOptions = {},
): Promise<CompactionGroup[]> {
  const small = new Map<string, LiveFile[]>();
  let count = 0;
  for await (const file of liveFiles(catalog, name)) {
    if (file.fileSize >= targetBytes * LARGE_ENOUGH) continue;
    const key = JSON.stringify(file.partition);
    const others = small.get(key);
    if (others) others.push(file);
    else small.set(key, [file]);
    if (++count === maxFiles) break;
  }
  return [...small.values()]
    .flatMap((files) => packs(files, targetBytes))
    .map((files) => (spareLarger ? withoutLarger(files) : files))
    .filter((files) => files.length >= minFiles)
    .map((files) => ({ partition: files[0]!.partition, files }));
}

/**
 * Makes one file of each group and puts it in their place. Nothing is lost whenever it ends: what was written
 * but not committed is an orphan.
 * @param rewrite writes the rows of the group as one file, under a name that was never used
 */
export async function compact(
  catalog: Catalog,
  dataset: Dataset,
  rewrite: (group: CompactionGroup) => Promise<DataFile>,
  options: CompactionOptions = {},
): Promise<CompactionResult> {
  const groups = await planCompaction(catalog, dataset.name, options);
  const result = { filesReplaced: 0, filesWritten: 0, groupsSkipped: 0 };
  for (let start = 0; start < groups.length; start += GROUPS_PER_COMMIT) {
    const rewritten: Rewritten[] = [];
    for (const group of groups.slice(start, start + GROUPS_PER_COMMIT)) {
      rewritten.push({ paths: group.files.map(({ path }) => path), file: await rewrite(group) });
    }
    const committed = await commitRewritten(catalog, dataset, rewritten);
    result.filesReplaced += committed.flatMap(({ paths }) => paths).length;
    result.filesWritten += committed.length;
    result.groupsSkipped += rewritten.length - committed.length;
  }
  return result;
}

interface Rewritten {
  paths: readonly string[];
  file: DataFile;
}

/** Commits the groups whose files are all live yet. @returns those */
async function commitRewritten(
  catalog: Catalog,
  dataset: Dataset,
  groups: readonly Rewritten[],
): Promise<readonly Rewritten[]> {
  if (groups.length === 0) return groups;
  try {
    const files = groups.map(({ file }) => file);
    await replaceFiles(
      catalog,
      dataset,
      groups.flatMap(({ paths }) => paths),
      files,
    );
    return groups;
  } catch (error) {
    if (!(error instanceof StaleFilesError)) throw error;
    const isStale = ({ paths }: Rewritten) => paths.some((path) => error.paths.includes(path));
    await catalog.store.delete(groups.filter(isStale).map(({ file }) => file.path));
    return commitRewritten(
      catalog,
      dataset,
      groups.filter((group) => !isStale(group)),
    );
  }
}

function packs(files: readonly LiveFile[], targetBytes: number): LiveFile[][] {
  const packed: LiveFile[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const file of [...files].sort(byAge)) {
    if (bytes + file.fileSize > targetBytes) {
      packed.push([]);
      bytes = 0;
    }
    packed.at(-1)!.push(file);
    bytes += file.fileSize;
  }
  return packed;
}

function withoutLarger(files: readonly LiveFile[]): readonly LiveFile[] {
  const spared = new Set<LiveFile>();
  let rest = files.reduce((sum, { fileSize }) => sum + fileSize, 0);
  for (const file of [...files].sort((a, b) => b.fileSize - a.fileSize)) {
    rest -= file.fileSize;
    if (file.fileSize <= rest) break;
    spared.add(file);
  }
  return files.filter((file) => !spared.has(file));
}

const byAge = (a: LiveFile, b: LiveFile): number =>
  a.sequenceNumber - b.sequenceNumber || (a.path < b.path ? -1 : 1);
