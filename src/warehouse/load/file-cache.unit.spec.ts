import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FileCache } from './file-cache';
import { FILES_AT_ONCE_BYTES } from './lake-files';

const LEAST = FILES_AT_ONCE_BYTES;
const lake = 'lake-1';

describe('the cache of a lake elsewhere', () => {
  let folder: string;
  let fetched: string[];
  const sizes: Record<string, number> = {};
  /** Sparse files: large, and of no blocks. */
  const store = {
    async download(key: string, file: string): Promise<void> {
      fetched.push(key);
      await writeFile(file, key);
      await truncate(file, sizes[key] ?? LEAST / 2);
      if (key === 'broken') throw new Error('the connection was cut');
    },
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-cache-'));
    fetched = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('fetches a file once, also for the next process', async () => {
    const first = await (await FileCache.open(store, { folder, lake })).localPath('a');
    expect((await readFile(first, 'latin1')).startsWith('a')).toBe(true);
    expect(await (await FileCache.open(store, { folder, lake })).localPath('a')).toBe(first);
    expect(fetched).toEqual(['a']);
  });

  it('fetches a file of another lake that has the same key', async () => {
    const first = await (await FileCache.open(store, { folder, lake })).localPath('a');
    const second = await (await FileCache.open(store, { folder, lake: 'begun anew' })).localPath('a');
    expect(second).not.toBe(first);
    expect(fetched).toEqual(['a', 'a']);
  });

  it('keeps to its size, and drops what was asked for longest ago', async () => {
    const cache = await FileCache.open(store, { folder, lake, maxBytes: LEAST });
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await cache.localPath(key);
    expect(fetched).toEqual(['a', 'b', 'c', 'b']);
    expect(await readdir(folder)).toHaveLength(2);
  });

  it('holds a file that is larger than itself, alone', async () => {
    sizes.large = LEAST * 2;
    const cache = await FileCache.open(store, { folder, lake, maxBytes: LEAST });
    await cache.localPath('a');
    const large = await cache.localPath('large');
    expect(await readdir(folder)).toEqual([path.basename(large)]);
  });

  it('leaves nothing of a file that could not be fetched', async () => {
    const cache = await FileCache.open(store, { folder, lake });
    await expect(cache.localPath('broken')).rejects.toThrow('the connection was cut');
    expect(await readdir(folder)).toEqual([]);
  });

  it('removes what a process that died was fetching', async () => {
    await writeFile(path.join(folder, 'x.parquet.part'), 'half');
    await FileCache.open(store, { folder, lake });
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses to be smaller than what is read together', async () => {
    await expect(FileCache.open(store, { folder, lake, maxBytes: LEAST - 1 })).rejects.toThrow('too small');
  });
});
