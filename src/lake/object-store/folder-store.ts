import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderFailure, orFolderFailure, unlessAbsent } from './folder-failure';
import { checkKey } from './key';
import {
  type MaintainedObjectStore,
  type ObjectInfo,
  ObjectStoreError,
  type PutOutcome,
  UnknownOutcomeError,
} from './object-store';
import { syncFile, syncFolder } from './sync';
import { SyncedFolders } from './synced-folders';

/**
 * Of files on their way; below the root, because `link` works within a file system only, and never listed.
 */
const SCRATCH = '.tidemark-scratch';
/** No write takes nearly so long. One whose file is swept all the same fails and has written nothing. */
const ABANDONED_AFTER_MS = 60 * 60_000;
/** What `link` fails with when it has certainly done nothing. */
const NOT_LINKED = ['EACCES', 'EDQUOT', 'EMLINK', 'ENAMETOOLONG', 'ENOENT', 'ENOSPC', 'ENOTDIR', 'EROFS'];
const NO_HARD_LINKS = ['ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM'];

/**
 * Opens a lake in a folder, which need not be there yet, and clears away what writers that died left in it.
 * @param folder absolute
 * @throws ObjectStoreError when the folder cannot be used
 */
export async function openFolderStore(folder: string): Promise<MaintainedObjectStore> {
  const found = await orFolderFailure(`Looking for ${folder}`, () => unlessAbsent(stat(folder)));
  if (found && !found.isDirectory())
    throw new ObjectStoreError(`The lake ${folder} is a file: give LAKE_URL a folder`);
  const store = new FolderStore(folder);
  await store.abortStaleUploads(ABANDONED_AFTER_MS);
  return store;
}

class FolderStore implements MaintainedObjectStore {
  /** Not escaped: the readers of Iceberg's files take a location as it is written. */
  readonly root: string;
  readonly #scratch: string;
  readonly #folders = new SyncedFolders();

  constructor(private readonly folder: string) {
    const path = folder.replaceAll('\\', '/').replace(/\/+$/, '');
    this.root = `file://${path.startsWith('/') ? '' : '/'}${path}`;
    this.#scratch = join(folder, SCRATCH);
  }

  async get(key: string): Promise<Buffer | undefined> {
    const path = this.#pathOf(key);
    return orFolderFailure(`Reading ${path}`, async () => {
      const info = await unlessAbsent(stat(path));
      return info?.isFile() ? unlessAbsent(readFile(path)) : undefined;
    });
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const path = this.#pathOf(key);
    return orFolderFailure(`Looking for ${path}`, async () => {
      const info = await unlessAbsent(stat(path));
      return info?.isFile() ? { key, size: info.size, modifiedAt: Math.floor(info.mtimeMs) } : undefined;
    });
  }

  putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    return this.#create(key, (scratch) => writeFile(scratch, body, { flag: 'wx' }));
  }

  putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    return this.#create(key, (scratch) => linkOrCopy(path, scratch));
  }

  async put(key: string, body: Buffer): Promise<void> {
    const path = this.#pathOf(key);
    await this.#viaScratch(
      path,
      (scratch) => writeFile(scratch, body, { flag: 'wx' }),
      async (scratch) => {
        await rename(scratch, path);
        await syncFolder(dirname(path));
      },
    );
  }

  async download(key: string, path: string): Promise<void> {
    const from = this.#pathOf(key);
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await orFolderFailure(`Copying ${from} to ${path}`, async () => {
        await copyFile(from, partial, constants.COPYFILE_FICLONE);
        await rename(partial, path);
      });
    } finally {
      await rm(partial, { force: true });
    }
  }

  list(prefix: string): AsyncIterable<ObjectInfo> {
    return this.#walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const key of keys) {
      const path = this.#pathOf(key);
      await orFolderFailure(`Deleting ${path}`, () => unlessAbsent(unlink(path)));
      folders.add(dirname(path));
    }
    for (const folder of folders)
      await orFolderFailure(`Deleting in ${folder}`, () => unlessAbsent(syncFolder(folder)));
  }

  async abortStaleUploads(olderThanMs: number): Promise<number> {
    return orFolderFailure(`Clearing ${this.#scratch}`, async () => {
      let removed = 0;
      for (const name of (await unlessAbsent(readdir(this.#scratch))) ?? []) {
        const path = join(this.#scratch, name);
        const info = await unlessAbsent(stat(path));
        if (info === undefined || Date.now() - info.mtimeMs < olderThanMs) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    });
  }

  async close(): Promise<void> {}

  /** `link` is what makes one of many win: it gives the whole file its name, unless the name is taken. */
  async #create(key: string, fill: (scratch: string) => Promise<void>): Promise<PutOutcome> {
    const path = this.#pathOf(key);
    return this.#viaScratch(path, fill, async (scratch) => {
      const outcome = await linkOnce(scratch, path);
      try {
        // Also for one that lost: what it goes by now must not vanish in a power cut.
        await syncFolder(dirname(path));
      } catch (error) {
        throw new UnknownOutcomeError(`${path} may not be on the disk: ${(error as Error).message}`, {
          cause: error,
        });
      }
      return outcome;
    });
  }

  /** Fills a scratch file, brings it to the disk and gives it to `finish`; whatever happens, none is left. */
  async #viaScratch<T>(
    path: string,
    fill: (scratch: string) => Promise<void>,
    finish: (scratch: string) => Promise<T>,
  ): Promise<T> {
    const scratch = join(this.#scratch, randomUUID());
    try {
      return await orFolderFailure(`Writing ${path}`, async () => {
        await this.#folders.make(this.#scratch);
        await fill(scratch);
        await syncFile(scratch);
        await this.#folders.make(dirname(path));
        return finish(scratch);
      });
    } finally {
      // One that cannot be removed is swept later; the outcome stands already.
      await rm(scratch, { force: true }).catch(() => {});
    }
  }

  /** A folder sorts as if its name ended in a slash: so does every key below it. */
  async *#walk(below: string, prefix: string): AsyncIterable<ObjectInfo> {
    const folder = join(this.folder, below);
    const found = await orFolderFailure(`Listing ${folder}`, () =>
      unlessAbsent(readdir(folder, { withFileTypes: true })),
    );
    const keys = (found ?? [])
      .filter(({ name }) => below !== '' || name !== SCRATCH)
      .map((entry) => `${below}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .filter((key) => key.startsWith(prefix) || prefix.startsWith(key))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys) {
      if (key.endsWith('/')) yield* this.#walk(key, prefix);
      else {
        const info = key.startsWith(prefix) ? await this.head(key) : undefined;
        if (info !== undefined) yield info;
      }
    }
  }

  #pathOf(key: string): string {
    checkKey(key);
    if (key.startsWith(`${SCRATCH}/`)) throw new ObjectStoreError(`${key} is no key of an object`);
    return join(this.folder, key);
  }
}

/** Within a file system nothing is copied. */
const linkOrCopy = (from: string, to: string): Promise<void> =>
  link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));

async function linkOnce(scratch: string, path: string): Promise<PutOutcome> {
  try {
    await link(scratch, path);
    return 'created';
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).isFile()) return 'exists';
      throw new ObjectStoreError(`Writing ${path} failed: a folder stands there`);
    }
    if (NO_HARD_LINKS.includes(code))
      throw new ObjectStoreError(
        `Writing ${path} failed: its file system has no hard links (${code}); put the lake on one that has`,
        { cause: error },
      );
    if (NOT_LINKED.includes(code)) throw folderFailure(`Writing ${path}`, error);
    throw new UnknownOutcomeError(`${path} may or may not have been written: ${message}`, { cause: error });
  }
}
