import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkOwner, claimLake, lakeIdentity } from './lake-identity';
import { openFolderStore } from './object-store/folder-store';

describe('the identity of a lake', () => {
  let folder: string;
  const lakeIn = (name: string) => openFolderStore(path.join(folder, name));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-identity-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is there from the first claim on, and the same for everybody who claims it', async () => {
    const lake = await lakeIn('lake');
    expect(await lakeIdentity(lake)).toBeUndefined();
    await Promise.all([claimLake(lake, 'store-1'), claimLake(await lakeIn('lake'), 'store-1')]);
    const identity = await lakeIdentity(lake);
    expect(identity).toMatch(/^[0-9a-f-]{36}$/);
    await claimLake(lake, 'store-1');
    expect(await lakeIdentity(lake)).toBe(identity);
    expect(await checkOwner(lake, 'store-1')).toBe('store-1');
  });

  it('goes with the lake when that is moved, and is another one when it is begun anew', async () => {
    await claimLake(await lakeIn('lake'), 'store-1');
    const identity = await lakeIdentity(await lakeIn('lake'));
    await cp(path.join(folder, 'lake'), path.join(folder, 'moved'), { recursive: true });
    expect(await lakeIdentity(await lakeIn('moved'))).toBe(identity);
    await rm(path.join(folder, 'lake'), { recursive: true });
    await claimLake(await lakeIn('lake'), 'store-1');
    expect(await lakeIdentity(await lakeIn('lake'))).not.toBe(identity);
  });

  it('of a lake that has none of its own is that of its event store', async () => {
    const lake = await lakeIn('lake');
    await lake.putIfAbsent('_tidemark/lake.json', Buffer.from('{"storeIdentity":"store-1"}'));
    expect(await lakeIdentity(lake)).toBe('store-1');
  });
});
