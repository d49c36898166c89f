import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FILES_AT_ONCE_BYTES } from '../lake-files';
import { FileCache } from './file-cache';

const LEAST = FILES_AT_ONCE_BYTES;
const lake = 'lake-1';

describe('the cache of a lake elsewhere', () => {
  let folder: string;
  let fetched: string[];
  const sizes: Record<string, number> = {};
  /** Sparse files: large, but without blocks on the disk. */
  const store = {
    async download(key: string, file: string): Promise<void> {
      fetched.push(key);
      if (broken) throw new Error('the connection was cut');
      await writeFile(file, key);
      await truncate(file, sizes[key] ?? LEAST / 2);
    },
  };
  let broken: boolean;
  const open: FileCache[] = [];
  const openCache = async (maxBytes?: number, of = lake) => {
    const cache = await FileCache.open(store, { folder, lake: of, maxBytes });
    open.push(cache);
    return cache;
  };
  const kept = async () => (await readdir(folder)).filter((name) => name.includes('.parquet'));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-cache-'));
    fetched = [];
    broken = false;
  });
  afterEach(async () => {
    for (const cache of open.splice(0)) await cache.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('fetches a file once, also for the next process', async () => {
    const cache = await openCache();
    const first = await cache.localPath('a');
    expect((await readFile(first, 'latin1')).startsWith('a')).toBe(true);
    await open.pop()?.close();
    expect(await (await openCache()).localPath('a')).toBe(first);
    expect(fetched).toEqual(['a']);
  });

  it('fetches a file of another lake that has the same key', async () => {
    const first = await (await openCache()).localPath('a');
    await open.pop()?.close();
    const second = await (await openCache(undefined, 'begun anew')).localPath('a');
    expect(second).not.toBe(first);
    expect(fetched).toEqual(['a', 'a']);
  });

  it('keeps to its size, and drops what was asked for longest ago', async () => {
    const cache = await openCache(LEAST);
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.localPath(key);
    expect(fetched).toEqual(['a', 'b', 'c', 'b']);
    expect(await kept()).toHaveLength(2);
  });

  it('holds a file that is larger than itself, alone', async () => {
    sizes.large = LEAST * 2;
    const cache = await openCache(LEAST);
    await cache.localPath('a');
    const large = await cache.localPath('large');
    expect(await kept()).toEqual([path.basename(large)]);
  });

  it('fetches a file again that could not be fetched', async () => {
    const cache = await openCache();
    broken = true;
    await expect(cache.localPath('a')).rejects.toThrow('the connection was cut');
    broken = false;
    expect((await readFile(await cache.localPath('a'), 'latin1')).startsWith('a')).toBe(true);
  });

  it('removes what a process that died was fetching, and does not count it', async () => {
    const digest = 'f'.repeat(64);
    for (const name of [
      `${digest}.parquet.0f.partial`,
      `${digest}.parquet.part`,
      `${digest}.parquet.part.0f.partial`,
    ])
      await writeFile(path.join(folder, name), 'half');
    await openCache();
    expect(await kept()).toEqual([]);
  });

  it('is not touched by a second one at the same time, which leaves nothing of its own', async () => {
    const first = await openCache(LEAST);
    const files = [await first.localPath('a'), await first.localPath('b')];
    const unfinished = `${files[0]}.0f.partial`;
    await writeFile(unfinished, 'being fetched by the first');
    const second = await FileCache.open(store, { folder, lake, maxBytes: LEAST });
    for (const key of ['c', 'd', 'e']) expect(files).not.toContain(await second.localPath(key));
    for (const file of [...files, unfinished]) expect((await stat(file)).isFile()).toBe(true);
    await second.close();
    expect(await readdir(path.join(folder, 'others'))).toEqual([]);
    expect(await first.localPath('a')).toBe(files[0]);
    expect(fetched).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses to be smaller than what is read together', async () => {
    await expect(FileCache.open(store, { folder, lake, maxBytes: LEAST - 1 })).rejects.toThrow('too small');
  });
});
