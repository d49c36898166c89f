import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Child, startChild } from '../../../stack/child-process';
import { OWN_MOUNTS, reasonNotToMount } from '../../../test/support/own-mounts';
import { openFolderStore } from './folder-store';
import { ObjectStoreError } from './object-store';
import { objectStoreFeatures } from './object-store.features';

const RUN = join(__dirname, '../../../test/support/run-typescript.js');
const WRITER = join(__dirname, '../../../test/support/folder-writer.ts');

/** Writes until the disk is full. @returns all files that are left, with their sizes */
const FILL = `mount -t tmpfs -o size=5m t /mnt && "$0" "$@" /mnt write full 1000000
echo left: && cd /mnt && find . -type f -printf '%p %s\\n'`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-lake-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const startWriter = (lake: string, ...args: string[]): Promise<Child> =>
  startChild([process.execPath, RUN, WRITER, lake, ...args], { signal: 'SIGKILL' });

objectStoreFeatures('A folder that is not there yet', () => openFolderStore(join(folder, 'deep/below/lake')));

describe('a folder', () => {
  it('says where it is', async () => {
    expect((await openFolderStore('/var/my lake')).root).toBe('file:///var/my lake');
  });

  it('lets one of two processes win each key', async () => {
    const lake = join(folder, 'two-processes');
    const writers = await Promise.all(['a', 'b'].map((name) => startWriter(lake, 'race', name, '300')));
    const won = await Promise.all(
      writers.map(async ({ output }) => {
        const keys: string[] = [];
        for await (const key of createInterface(output)) keys.push(key);
        return keys;
      }),
    );
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual(['exit code 0', 'exit code 0']);
    expect(won.flat().sort()).toEqual(Array.from({ length: 300 }, (_, n) => `key-${n}`).sort());
    const store = await openFolderStore(lake);
    for (const [n, name] of ['a', 'b'].entries())
      for (const key of won[n] ?? []) expect(String(await store.get(key))).toBe(name);
  });

  it('has whole objects only when its writer is killed, and clears away the rest', async () => {
    const lake = join(folder, 'killed');
    const size = 8 * 1024 ** 2;
    for (let round = 0; round < 5; round++) {
      const writer = await startWriter(lake, 'write', `round-${round}`, String(size));
      await once(createInterface(writer.output), 'line');
      await writer.stop();
      expect(await writer.ended).toBe('signal 9');
    }
    const store = await openFolderStore(lake);
    let objects = 0;
    for await (const { size: found } of store.list('')) {
      expect(found).toBe(size);
      objects++;
    }
    expect(objects).toBeGreaterThanOrEqual(5);
    await store.abortStaleUploads(0);
    expect(await readdir(join(lake, '.tidemark-scratch'))).toEqual([]);
  });

  it('sweeps at its opening what was left an hour ago, and nothing younger', async () => {
    const lake = join(folder, 'swept');
    const scratch = join(lake, '.tidemark-scratch');
    await mkdir(scratch, { recursive: true });
    for (const name of ['old', 'young']) await writeFile(join(scratch, name), 'half');
    const before = Date.now() / 1000 - 3700;
    await utimes(join(scratch, 'old'), before, before);
    await openFolderStore(lake);
    expect(await readdir(scratch)).toEqual(['young']);
  });

  it('says that a file stands in its way', async () => {
    await writeFile(join(folder, 'file'), 'x');
    await expect(openFolderStore(join(folder, 'file'))).rejects.toThrow(
      /file is a file: give LAKE_URL a folder/,
    );
    const store = await openFolderStore(join(folder, 'file', 'lake'));
    await expect(store.putIfAbsent('a', Buffer.from('x'))).rejects.toThrow(
      /a file stands where a folder is needed/,
    );
    const lake = await openFolderStore(join(folder, 'in-the-way'));
    await lake.putIfAbsent('a/b', Buffer.from('x'));
    await expect(lake.putIfAbsent('a', Buffer.from('x'))).rejects.toThrow(/a folder stands there/);
    await expect(lake.putIfAbsent('a/b/c', Buffer.from('x'))).rejects.toThrow(ObjectStoreError);
  });

  it('says that a name is too long', async () => {
    const store = await openFolderStore(join(folder, 'long'));
    await expect(store.putIfAbsent('x'.repeat(300), Buffer.from('x'))).rejects.toThrow(
      /longer than the file system takes/,
    );
  });

  const asRoot = process.getuid?.() === 0;
  // Permissions do not apply to root.
  (asRoot ? it.skip : it)('says that this user may not write, and writes nothing', async () => {
    const lake = join(folder, 'forbidden');
    await mkdir(lake);
    await chmod(lake, 0o500);
    const store = await openFolderStore(lake);
    await expect(store.putIfAbsent('a', Buffer.from('x'))).rejects.toThrow(/may not do that/);
    expect(await readdir(lake)).toEqual([]);
  });

  const reason = reasonNotToMount();
  // Only a process in a namespace of its own may mount a file system of a few megabytes.
  (reason === undefined ? it : it.skip)(
    `says that the disk is full, and leaves nothing half-written${reason ?? ''}`,
    async () => {
      const full = await startChild([...OWN_MOUNTS, FILL, process.execPath, RUN, WRITER]);
      const lines: string[] = [];
      for await (const line of createInterface(full.output)) lines.push(line);
      expect(await full.ended).toBe('exit code 0');
      expect(lines.join('\n')).toMatch(
        /ObjectStoreError: Writing .* failed: the disk is full: make room \(ENOSPC\)/,
      );
      const won = lines.filter((line) => /^full-\d+$/.test(line));
      const left = lines.slice(lines.indexOf('left:') + 1).sort();
      expect(won.length).toBeGreaterThan(0);
      expect(left).toEqual(won.map((key) => `./${key} 1000000`).sort());
    },
  );
});
