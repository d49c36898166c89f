import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { openWorkFolder } from './work-folder';

const DAY_S = 86_400;

describe('a work folder', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'tidemark-work-'));
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  async function left(host: string, pid: number, age = 0): Promise<string> {
    const name = `${host}_${pid}_left`;
    await mkdir(join(base, name));
    const changed = Date.now() / 1000 - age;
    await utimes(join(base, name), changed, changed);
    return name;
  }

  it('is one of its own each time, also within one process, and is gone when it is removed', async () => {
    const folders = await Promise.all([openWorkFolder(base), openWorkFolder(base)]);
    expect((await readdir(base)).sort()).toEqual(folders.map(({ path }) => basename(path)).sort());
    for (const folder of folders) await folder.remove();
    expect(await readdir(base)).toEqual([]);
  });

  it('removes those of dead processes: of one that ended, and of one with the same number here', async () => {
    const { pid } = spawnSync('true');
    await left(hostname(), pid);
    await left(hostname(), process.pid);
    const own = await openWorkFolder(base);
    expect(await readdir(base)).toEqual([basename(own.path)]);
  });

  it('keeps those of living processes, and of another machine until they are a day old', async () => {
    const kept = [await left(hostname(), process.ppid), await left('another', process.pid, DAY_S / 2)];
    await left('another', 1, 2 * DAY_S);
    const own = await openWorkFolder(base);
    expect((await readdir(base)).sort()).toEqual([...kept, basename(own.path)].sort());
  });
});
