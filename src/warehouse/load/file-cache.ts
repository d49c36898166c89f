import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { checkDataFile, problemOf } from '../../lake/local-files/checksum';
import { openWorkFolder } from '../../lake/local-files/work-folder';
import type { ObjectStore } from '../../lake/object-store/object-store';
import { WarehouseError } from '../errors';
import { FILES_AT_ONCE_BYTES } from '../lake-files';
import { tryLock } from './file-lock';

export interface FileCacheOptions {
  /** made where it is missing */
  folder: string;
  /** whose files these are: another lake has other bytes under the same keys */
  lake: string;
  /** of all files together; at least `FILES_AT_ONCE_BYTES`, default eight times that */
  maxBytes?: number;
}

/** Held by the process that has the folder. */
const LOCK = 'lock';
/** Where other processes have their files meanwhile. */
const OTHERS = 'others';
const FETCHED = '.parquet';

/**
 * Files of a lake that lies elsewhere, on this machine. A key of a lake always means the same bytes, so what
 * is there is used again, by the next load, too. What was asked for longest ago goes first; what is read
 * together always has room, unless one file alone is larger than the cache. One process has the folder at a
 * time, so that none removes what another is about to read; who comes meanwhile has a cache of its own for as
 * long as it runs.
 */
export class FileCache {
  /** name -> bytes, the one asked for longest ago first */
  private readonly files = new Map<string, number>();
  /** names of those that were as they had been written */
  private readonly checked = new Set<string>();
  private total = 0;

  private constructor(
    private readonly store: Pick<ObjectStore, 'download'>,
    private readonly folder: string,
    private readonly lake: string,
    private readonly maxBytes: number,
    private readonly release: () => void | Promise<void>,
  ) {}

  /** Opens the folder. What a process that died was fetching is removed. To be closed. */
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
    const lock = await tryLock(path.join(folder, LOCK));
    if ('heldBy' in lock) {
      const own = await openWorkFolder(path.join(folder, OTHERS));
      return new FileCache(store, own.path, lake, maxBytes, own.remove);
    }
    const cache = new FileCache(store, folder, lake, maxBytes, lock.release);
    await cache.adopt();
    return cache;
  }

  /** Lets the next process have the folder. */
  async close(): Promise<void> {
    await this.release();
  }

  /** Takes over what is there. */
  private async adopt(): Promise<void> {
    const found: { name: string; size: number; usedAt: number }[] = [];
    for (const name of await readdir(this.folder)) {
      const file = path.join(this.folder, name);
      if (name.endsWith(FETCHED)) {
        const { size, mtimeMs } = await stat(file);
        found.push({ name, size, usedAt: mtimeMs });
      } else if (name.includes(FETCHED)) await rm(file, { force: true });
    }
    for (const { name, size } of found.sort((a, b) => a.usedAt - b.usedAt)) this.note(name, size);
    await this.evict();
  }

  /**
   * Path of the file with this key, fetched where it is not there, or where what is there was damaged since.
   * One call at a time.
   * @throws ObjectStoreError when it cannot be fetched; DamagedFileError when the lake's does not have the
   *   bytes that were written
   */
  async localPath(key: string): Promise<string> {
    const name = `${createHash('sha256').update(`${this.lake}\n${key}`).digest('hex')}${FETCHED}`;
    const file = path.join(this.folder, name);
    const known = this.files.get(name);
    if (known !== undefined && (this.checked.has(name) || (await problemOf(file, key)) === undefined))
      this.note(name, known);
    else await this.fetch(key, name, file);
    this.checked.add(name);
    return file;
  }

  private async fetch(key: string, name: string, file: string): Promise<void> {
    await this.store.download(key, file);
    this.note(name, (await stat(file)).size);
    await checkDataFile(file, key);
    await this.evict();
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
