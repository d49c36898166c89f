import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerNearby } from './nothing-here';
import { processMark } from './process-mark';
import { findServer, leaveServerFile } from './server-file';
import { programVersion } from './version';

const HERE = { url: 'http://127.0.0.1:4321', database: 'postgres://host/shop' };

describe('the file that says where a server runs', () => {
  let folder: string;
  let dataDir: string;
  const file = () => join(dataDir, 'server.json');

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-server-file-'));
    dataDir = join(folder, '.tidemark');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const rewrite = async (changes: object) =>
    writeFile(file(), JSON.stringify({ ...JSON.parse(await readFile(file(), 'utf8')), ...changes }));

  it('is whole, of its owner alone, and gone at the end', async () => {
    const before = process.umask(0);
    const left = await leaveServerFile(dataDir, HERE).finally(() => process.umask(before));
    expect(await findServer(dataDir)).toEqual({ ...HERE, pid: process.pid, version: programVersion() });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['server.json']);
    await left.remove();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('of a process that was killed counts for nothing, and the next one writes over it', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const left = await leaveServerFile(dataDir, HERE);
    await rewrite({ pid: child.pid, mark: await processMark(child.pid as number) });
    expect(await findServer(dataDir)).toMatchObject({ pid: child.pid });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await findServer(dataDir)).toBeUndefined();
    await left.remove();
    expect(await readdir(dataDir)).toEqual(['server.json']);
    await (await leaveServerFile(dataDir, HERE)).remove();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('of a process whose id another one has now counts for nothing', async () => {
    await leaveServerFile(dataDir, HERE);
    await rewrite({ mark: 'began at another time' });
    expect(await findServer(dataDir)).toBeUndefined();
  });

  it.each(['', 'null', '{"url":"http://x"', '[]', '{"pid":1}'])(
    'that says %j counts for nothing',
    async (text) => {
      await mkdir(dataDir);
      await writeFile(file(), text);
      expect(await findServer(dataDir)).toBeUndefined();
    },
  );

  it('is found from a folder below, also through a .env there', async () => {
    const below = join(folder, 'a/b');
    await mkdir(below, { recursive: true });
    const nowhere = join(below, '.tidemark');
    expect(await findServerNearby(nowhere, below)).toBeUndefined();
    await leaveServerFile(dataDir, HERE);
    expect(await findServerNearby(nowhere, below)).toMatchObject({ ...HERE, dataDir });
    await rm(file());
    await writeFile(join(folder, 'a/.env'), 'TIDEMARK_DATA_DIR=../elsewhere\n');
    await leaveServerFile(join(folder, 'elsewhere'), HERE);
    expect(await findServerNearby(nowhere, below)).toMatchObject({ dataDir: join(folder, 'elsewhere') });
  });
});
