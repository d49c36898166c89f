import { randomUUID } from 'node:crypto';
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectInfo, ObjectStore, PutOutcome } from '../../../src/export/object-store/object-store';

/** A folder as an object store, for specs. */
export class FolderStore implements ObjectStore {
  readonly root: string;

  constructor(private readonly folder: string) {
    this.root = `file://${folder}`;
  }

  pathOf(key: string): string {
    return join(this.folder, key);
  }

  async get(key: string): Promise<Buffer | undefined> {
    return readFile(this.pathOf(key)).catch(none);
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const found = await stat(this.pathOf(key)).catch(none);
    return found && { key, size: found.size, modifiedAt: found.mtimeMs };
  }

  async putIfAbsent(key: string, body: Buffer): Promise<PutOutcome> {
    return this.place(key, (path) => writeFile(path, body));
  }

  async putFileIfAbsent(key: string, path: string): Promise<PutOutcome> {
    return this.place(key, (target) => copyFile(path, target));
  }

  async put(key: string, body: Buffer): Promise<void> {
    const fresh = await this.fresh((path) => writeFile(path, body));
    await mkdir(dirname(this.pathOf(key)), { recursive: true });
    await rename(fresh, this.pathOf(key));
  }

  async download(key: string, path: string): Promise<void> {
    await copyFile(this.pathOf(key), path);
  }

  async *list(prefix: string): AsyncIterable<ObjectInfo> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const keys = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((key) => key.startsWith(prefix));
    for (const key of keys.sort()) yield (await this.head(key))!;
  }

  async delete(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => rm(this.pathOf(key), { force: true })));
  }

  async close(): Promise<void> {}

  private async place(key: string, write: (path: string) => Promise<void>): Promise<PutOutcome> {
    const fresh = await this.fresh(write);
    await mkdir(dirname(this.pathOf(key)), { recursive: true });
    try {
      await link(fresh, this.pathOf(key));
      return 'created';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return 'exists';
    } finally {
      await unlink(fresh);
    }
  }

  private async fresh(write: (path: string) => Promise<void>): Promise<string> {
    const path = this.pathOf(`.fresh/${randomUUID()}`);
    await mkdir(dirname(path), { recursive: true });
    await write(path);
    return path;
  }
}

function none(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
