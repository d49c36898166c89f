import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
    const store = {
      root: 'file:///var/lake one',
      get: async () => undefined,
      download: async () => {
        throw new Error('nothing is to be copied');
      },
    };
    const { localPath, close } = await localFiles(store, { folder });
    expect(await localPath('orders/data/change_date=2024-01/1.parquet')).toBe(
      '/var/lake one/orders/data/change_date=2024-01/1.parquet',
    );
    await close();
    expect(await readdir(folder)).toEqual([]);
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
});
