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
  /** id of the lake: another lake has other bytes under the same keys */
  lake: string;
  /** limit of all files together; at least `FILES_AT_ONCE_BYTES`, default eight times that */
  maxBytes?: number;
}

/** The lock of the process that has the folder. */
const LOCK = 'lock';
/** Where other processes keep their files meanwhile. */
const OTHERS = 'others';
const FETCHED = '.parquet';

/**
 * Copies of a remote lake's files on this machine. A key of a lake always means the same bytes, so the next
 * load uses a copy again. The least recently used file is evicted first; files that are read together always
 * have room, unless one alone is larger than the cache. One process has the folder at a time, so that no
 * other evicts what it is about to read. A process that comes meanwhile has a cache of its own, for as long
 * as it runs.
 */
export class FileCache {
  /** bytes by file name, the least recently used first */
  private readonly files = new Map<string, number>();
  /** names of files whose checksum was right */
  private readonly checked = new Set<string>();
  private total = 0;

  private constructor(
    private readonly store: Pick<ObjectStore, 'download'>,
    private readonly folder: string,
    private readonly lake: string,
    private readonly maxBytes: number,
    private readonly release: () => void | Promise<void>,
  ) {}

  /** Opens the folder, and removes what a dead process had half fetched. To be closed. */
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

  /** Takes over the files that are there. */
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
   * Path of the file with this key. It is fetched where it is missing or was damaged since. One call at a
   * time.
   * @throws ObjectStoreError when it cannot be fetched; DamagedFileError when the file in the lake does not
   *   have the bytes that were written
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

  /** Marks a file as the most recently used one. */
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
