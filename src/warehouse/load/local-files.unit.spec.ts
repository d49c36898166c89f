import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localFiles } from './local-files';

describe('the files of a lake', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-local-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stay where they are when it is a folder', async () => {
    const lake = path.join(folder, 'lake one');
    const store = {
      root: `file://${lake}`,
      get: async () => undefined,
      download: async () => {
        throw new Error('nothing is to be copied');
      },
    };
    await mkdir(path.join(lake, 'orders'), { recursive: true });
    await writeFile(path.join(lake, 'orders/1.parquet'), 'rows');
    const { localPath, close } = await localFiles(store, { folder: path.join(folder, 'cache') });
    expect(await localPath('orders/1.parquet')).toBe(path.join(lake, 'orders/1.parquet'));
    await expect(localPath('orders/2.parquet')).rejects.toThrow('orders/2.parquet of the lake is gone');
    await close();
    expect(await readdir(folder)).toEqual(['lake one']);
  });

  it('are fetched when it is a bucket', async () => {
    const store = {
      root: 's3://bucket/lake',
      get: async () => Buffer.from('{"storeIdentity":"store-1","lakeId":"lake-1"}'),
      download: (key: string, file: string) => writeFile(file, `bytes of ${key}`),
    };
    const { localPath, close } = await localFiles(store, { folder });
    expect(await readFile(await localPath('orders/data/1.parquet'), 'utf8')).toBe(
      'bytes of orders/data/1.parquet',
    );
    await close();
  });

  it('are fetched again when a copy was damaged, and are an error when the lake’s own is', async () => {
    const bytes = 'bytes as they were written';
    const checksum = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const key = `orders/data/000000000001-${checksum}.parquet`;
    let inLake = bytes;
    const store = {
      root: 's3://bucket/lake',
      get: async () => undefined,
      download: (_: string, file: string) => writeFile(file, inLake),
    };
    const pathOf = async () => {
      const { localPath, close } = await localFiles(store, { folder });
      return localPath(key).finally(close);
    };
    const copy = await pathOf();
    await writeFile(copy, 'bytes as they were writtem');
    expect(await readFile(await pathOf(), 'utf8')).toBe(bytes);
    inLake = 'damaged';
    await pathOf();
    await rm(copy);
    await expect(pathOf()).rejects.toThrow(`${key} of the lake is damaged`);
    await expect(pathOf()).rejects.toThrow(`${key} of the lake is damaged`);
  });
});
