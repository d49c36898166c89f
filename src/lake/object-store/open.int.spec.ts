import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LakeUrlError } from './lake-url';
import { openObjectStore } from './open';

const mockLoaded: string[] = [];
jest.mock('@aws-sdk/client-s3', () => {
  mockLoaded.push('the SDK');
  return jest.requireActual('@aws-sdk/client-s3');
});

describe('opening a lake', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-open-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('takes a folder by its path and by its URL', async () => {
    const one = await openObjectStore({ url: join(folder, 'lake') });
    await one.putIfAbsent('a', Buffer.from('x'));
    const other = await openObjectStore({ url: pathToFileURL(join(folder, 'lake')).href });
    expect(String(await other.get('a'))).toBe('x');
    expect(other.root).toBe(one.root);
  });

  it('makes no folder before something is written', async () => {
    await openObjectStore({ url: join(folder, 'unwritten') });
    expect(await readdir(folder)).not.toContain('unwritten');
  });

  it('refuses an address that is wrong', async () => {
    await expect(openObjectStore({ url: 'gs://shop' })).rejects.toThrow(LakeUrlError);
    const s3 = { endpoint: 'minio:9000' };
    await expect(openObjectStore({ url: 's3://shop', s3 })).rejects.toThrow(LakeUrlError);
  });

  it('loads the AWS SDK for a bucket only', async () => {
    const folderStore = await openObjectStore({ url: join(folder, 'lake') });
    await folderStore.putIfAbsent('b', Buffer.from('x'));
    expect(mockLoaded).toEqual([]);
    const bucketStore = await openObjectStore({ url: 's3://shop/lake' });
    expect(mockLoaded).toEqual(['the SDK']);
    expect(bucketStore.root).toBe('s3://shop/lake');
    await bucketStore.close();
  });
});
