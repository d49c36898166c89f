import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { orFolderFailure, unlessAbsent } from './folder-failure';
import { checkKey } from './key';
import { linkOnce, linkOrCopy } from './link-file';
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
 * The folder of unfinished files. It lies below the root, because `link` works within one file system only,
 * and is never listed.
 */
const SCRATCH = '.tidemark-scratch';
/** No write takes nearly so long. A write whose file is swept all the same fails and has written nothing. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Opens a lake in a folder and clears away what writers that died have left in it.
 * @param folder absolute; it need not exist
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
  /** Not escaped: Iceberg's readers take locations as they are written. */
  readonly root: string;
  private readonly scratch: string;
  private readonly folders = new SyncedFolders();

  constructor(private readonly folder: string) {
    const path = folder.replaceAll('\\', '/').replace(/\/+$/, '');
    this.root = `file://${path.startsWith('/') ? '' : '/'}${path}`;
    this.scratch = join(folder, SCRATCH);
  }

  async get(key: string): Promise<Buffer | undefined> {
    const path = this.pathOf(key);
    return orFolderFailure(`Reading ${path}`, async () => {
      const info = await unlessAbsent(stat(path));
      return info?.isFile() ? unlessAbsent(readFile(path)) : undefined;
    });
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const path = this.pathOf(key);
    return orFolderFailure(`Looking for ${path}`, async () => {
      const info = await unlessAbsent(stat(path));
      return info?.isFile() ? { key, size: info.size, modifiedAt: Math.floor(info.mtimeMs) } : undefined;
    });
  }

  putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    return this.create(key, (scratch) => writeFile(scratch, body, { flag: 'wx' }));
  }

  putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    return this.create(key, (scratch) => linkOrCopy(path, scratch));
  }

  async put(key: string, body: Buffer): Promise<void> {
    const path = this.pathOf(key);
    await this.viaScratch(
      path,
      (scratch) => writeFile(scratch, body, { flag: 'wx' }),
      async (scratch) => {
        await rename(scratch, path);
        await syncFolder(dirname(path));
      },
    );
  }

  async download(key: string, path: string): Promise<void> {
    const from = this.pathOf(key);
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
    return this.walk(prefix.slice(0, prefix.lastIndexOf('/') + 1), prefix);
  }

  async delete(keys: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const key of keys) {
      const path = this.pathOf(key);
      await orFolderFailure(`Deleting ${path}`, () => unlessAbsent(unlink(path)));
      folders.add(dirname(path));
    }
    for (const folder of folders)
      await orFolderFailure(`Deleting in ${folder}`, () => unlessAbsent(syncFolder(folder)));
  }

  async abortStaleUploads(olderThanMs: number): Promise<number> {
    return orFolderFailure(`Clearing ${this.scratch}`, async () => {
      let removed = 0;
      for (const name of (await unlessAbsent(readdir(this.scratch))) ?? []) {
        const path = join(this.scratch, name);
        const info = await unlessAbsent(stat(path));
        if (info === undefined || Date.now() - info.mtimeMs < olderThanMs) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    });
  }

  async close(): Promise<void> {}

  /** Writes a file under a key that is free. `linkOnce` lets one of many writers win. */
  private async create(key: string, fill: (scratch: string) => Promise<void>): Promise<PutOutcome> {
    const path = this.pathOf(key);
    return this.viaScratch(path, fill, async (scratch) => {
      const outcome = await linkOnce(scratch, path);
      try {
        // Also for a writer that lost: the file that it now relies on must survive a power cut.
        await syncFolder(dirname(path));
      } catch (error) {
        throw new UnknownOutcomeError(`${path} may not be on the disk: ${(error as Error).message}`, {
          cause: error,
        });
      }
      return outcome;
    });
  }

  /** Fills a scratch file, syncs it and hands it to `finish`. The scratch file is removed in any case. */
  private async viaScratch<T>(
    path: string,
    fill: (scratch: string) => Promise<void>,
    finish: (scratch: string) => Promise<T>,
  ): Promise<T> {
    const scratch = join(this.scratch, randomUUID());
    try {
      return await orFolderFailure(`Writing ${path}`, async () => {
        await this.folders.make(this.scratch);
        await fill(scratch);
        await syncFile(scratch);
        await this.folders.make(dirname(path));
        return finish(scratch);
      });
    } finally {
      // The outcome is known already; a scratch file that cannot be removed now is swept later.
      await rm(scratch, { force: true }).catch(() => {});
    }
  }

  /** Lists files sorted by key. A folder sorts with a slash behind its name, as the keys below it do. */
  private async *walk(below: string, prefix: string): AsyncIterable<ObjectInfo> {
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
      if (key.endsWith('/')) yield* this.walk(key, prefix);
      else {
        const info = key.startsWith(prefix) ? await this.head(key) : undefined;
        if (info !== undefined) yield info;
      }
    }
  }

  private pathOf(key: string): string {
    checkKey(key);
    if (key.startsWith(`${SCRATCH}/`)) throw new ObjectStoreError(`${key} is no key of an object`);
    return join(this.folder, key);
  }
}
