import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ObjectStore } from '../../export/object-store/object-store';
import { WarehouseError } from '../errors';
import { FILES_AT_ONCE_BYTES } from './lake-files';

export interface FileCacheOptions {
  /** of one process at a time; made where it is missing */
  folder: string;
  /** whose files these are: another lake has other bytes under the same keys */
  lake: string;
  /** of all files together; at least `FILES_AT_ONCE_BYTES`, default eight times that */
  maxBytes?: number;
}

const PARTIAL = '.part';

/**
 * Files of a lake that lies elsewhere, on this machine. A key of a lake always means the same bytes, so what is there is used again, by
 * the next load, too. What was asked for longest ago goes first; what is read together always has room, unless one file alone is
 * larger than the cache.
 */
export class FileCache {
  /** name -> bytes, the one asked for longest ago first */
  private readonly files = new Map<string, number>();
  private total = 0;

  private constructor(
    private readonly store: Pick<ObjectStore, 'download'>,
    private readonly folder: string,
    private readonly lake: string,
    private readonly maxBytes: number,
  ) {}

  /** Opens the folder. What a process that died was fetching is removed. */
  static async open(
    store: Pick<ObjectStore, 'download'>,
    { folder, lake, maxBytes = 8 * FILES_AT_ONCE_BYTES }: FileCacheOptions,
  ): Promise<FileCache> {
    if (maxBytes < FILES_AT_ONCE_BYTES) {
      throw new WarehouseError(
        `A cache of ${maxBytes} bytes is too small; ${FILES_AT_ONCE_BYTES} is the least`,
      );
    }
    await mkdir(folder, { recursive: true });
    const cache = new FileCache(store, folder, lake, maxBytes);
    const found: { name: string; size: number; usedAt: number }[] = [];
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      if (name.endsWith(PARTIAL)) await rm(file, { force: true });
      else {
        const { size, mtimeMs } = await stat(file);
        found.push({ name, size, usedAt: mtimeMs });
      }
    }
    for (const { name, size } of found.sort((a, b) => a.usedAt - b.usedAt)) cache.note(name, size);
    await cache.evict();
    return cache;
  }

  /**
   * Path of the file with this key, fetched where it is not there. One call at a time.
   * @throws ObjectStoreError when it cannot be fetched
   */
  async localPath(key: string): Promise<string> {
    const name = `${createHash('sha256').update(`${this.lake}\n${key}`).digest('hex')}.parquet`;
    const file = path.join(this.folder, name);
    const known = this.files.get(name);
    if (known !== undefined) {
      this.note(name, known);
      return file;
    }
    const partial = `${file}${PARTIAL}`;
    try {
      await this.store.download(key, partial);
      await rename(partial, file);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    this.note(name, (await stat(file)).size);
    await this.evict();
    return file;
  }

  /** Puts a file at the end of the line. */
  private note(name: string, size: number): void {
    this.total += size - (this.files.get(name) ?? 0);
    this.files.delete(name);
    this.files.set(name, size);
  }

  /** The newest file stays, whatever its size. */
  private async evict(): Promise<void> {
    for (const [name, size] of this.files) {
      if (this.total <= this.maxBytes || this.files.size === 1) return;
      await rm(path.join(this.folder, name), { force: true });
      this.files.delete(name);
      this.total -= size;
    }
  }
}
