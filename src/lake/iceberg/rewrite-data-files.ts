import type { TableDefinition } from '../columns/table-definition';
import type { Catalog } from './committer';
import type { DataFile } from './data-file';
import { StaleFilesError } from './errors';
import { type LiveFile, liveFiles } from './live-files';
import { type CarryOver, replaceFiles } from './replace';

export interface RewriteOptions {
  /** size of the files to be written, in bytes; files of about that size are left alone. Default 128 MiB */
  targetBytes?: number;
  /** groups of fewer files are left alone; default 2 */
  minFiles?: number;
  /** files of one plan at most; the next plan has the rest. Default 100,000 */
  maxFiles?: number;
  /**
   * Leaves a file alone that is larger than the other files of its group together. A file is then written
   * again only after it has doubled, and not each time that a small file comes. Default false
   */
  spareLarger?: boolean;
}

/** Small files of one partition that are to become one file, oldest first. */
export interface FileGroup {
  partition: LiveFile['partition'];
  files: readonly LiveFile[];
}

export interface RewriteResult {
  filesReplaced: number;
  filesWritten: number;
  /** groups that another writer changed meanwhile; nothing was done to them */
  groupsSkipped: number;
}

const TARGET_BYTES = 128 * 1024 * 1024;
const MIN_FILES = 2;
const MAX_FILES = 100_000;
/** A file of at least this part of the target size is not worth writing again. */
const LARGE_ENOUGH = 0.75;
const GROUPS_PER_COMMIT = 50;

/**
 * Groups the small files of each partition; the files of a group have up to the target size together.
 */
export async function groupSmallFiles(
  catalog: Catalog,
  name: string,
  {
    targetBytes = TARGET_BYTES,
    minFiles = MIN_FILES,
    maxFiles = MAX_FILES,
    spareLarger = false,
  }: RewriteOptions = {},
): Promise<FileGroup[]> {
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
 * Replaces each group of small files by one file. It may be interrupted anywhere: a file that was written and
 * not committed is an orphan.
 * @param rewrite writes the rows of a group as one file, under a name that was never used
 */
export async function rewriteDataFiles(
  catalog: Catalog,
  definition: TableDefinition,
  rewrite: (group: FileGroup) => Promise<DataFile>,
  { carryOver, ...options }: RewriteOptions & { carryOver?: CarryOver } = {},
): Promise<RewriteResult> {
  const groups = await groupSmallFiles(catalog, definition.name, options);
  const result = { filesReplaced: 0, filesWritten: 0, groupsSkipped: 0 };
  for (let start = 0; start < groups.length; start += GROUPS_PER_COMMIT) {
    const rewritten: Rewritten[] = [];
    for (const group of groups.slice(start, start + GROUPS_PER_COMMIT)) {
      rewritten.push({ paths: group.files.map(({ path }) => path), file: await rewrite(group) });
    }
    const committed = await commitRewritten(catalog, definition, rewritten, carryOver);
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

/** Commits the groups whose files are all live still. @returns those groups */
async function commitRewritten(
  catalog: Catalog,
  definition: TableDefinition,
  groups: readonly Rewritten[],
  carryOver: CarryOver | undefined,
): Promise<readonly Rewritten[]> {
  if (groups.length === 0) return groups;
  try {
    const removed = groups.flatMap(({ paths }) => paths);
    const added = groups.map(({ file }) => file);
    await replaceFiles(catalog, definition, removed, added, carryOver);
    return groups;
  } catch (error) {
    if (!(error instanceof StaleFilesError)) throw error;
    const isStale = ({ paths }: Rewritten) => paths.some((path) => error.paths.includes(path));
    await catalog.store.delete(groups.filter(isStale).map(({ file }) => file.path));
    const rest = groups.filter((group) => !isStale(group));
    return commitRewritten(catalog, definition, rest, carryOver);
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
