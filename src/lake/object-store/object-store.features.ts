import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectInfo, type ObjectStore, ObjectStoreError } from './object-store';
import { testObjectStore } from './self-test';

const MIB = 1024 ** 2;
const RACERS = 20;

async function keysIn(objects: AsyncIterable<ObjectInfo>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

/** The behaviour that every object store owes. Each test uses keys of its own. */
export function objectStoreFeatures(name: string, makeStore: () => Promise<ObjectStore>): void {
  describe(`${name}: an object store`, () => {
    let store: ObjectStore;
    let folder: string;

    beforeAll(async () => {
      store = await makeStore();
      folder = await mkdtemp(join(tmpdir(), 'tidemark-objects-'));
    });
    afterAll(async () => {
      await store?.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('gives back what was put, and tells its size and age', async () => {
      const body = randomBytes(1000);
      const before = Date.now();
      expect(await store.putIfAbsent('one/object', body)).toBe('created');
      expect(await store.get('one/object')).toEqual(body);
      const info = await store.head('one/object');
      expect(info).toEqual({ key: 'one/object', size: 1000, modifiedAt: expect.any(Number) });
      expect(Math.abs((info?.modifiedAt ?? 0) - before)).toBeLessThan(60_000);
    });

    it('keeps an empty object', async () => {
      await store.putIfAbsent('empty', Buffer.alloc(0));
      await store.download('empty', join(folder, 'empty'));
      expect(await store.get('empty')).toEqual(Buffer.alloc(0));
      expect((await readFile(join(folder, 'empty'))).length).toBe(0);
    });

    it('leaves an object that is there as it is', async () => {
      await store.putIfAbsent('twice', Buffer.from('first'));
      expect(await store.putIfAbsent('twice', Buffer.from('second'))).toBe('exists');
      expect(String(await store.get('twice'))).toBe('first');
    });

    it('writes over it with put', async () => {
      await store.put('hint', Buffer.from('first'));
      await store.put('hint', Buffer.from('second'));
      expect(String(await store.get('hint'))).toBe('second');
    });

    it('knows nothing of a key that is absent', async () => {
      await store.putIfAbsent('there/is/one', Buffer.from('x'));
      for (const key of ['absent', 'there', 'there/is', 'there/is/one/more', 'there/is/on']) {
        expect(await store.get(key)).toBeUndefined();
        expect(await store.head(key)).toBeUndefined();
      }
      await store.delete(['absent', 'absent/too']);
      const path = join(folder, 'absent');
      await expect(store.download('absent', path)).rejects.toThrow(ObjectStoreError);
      expect((await readdir(folder)).filter((file) => file.startsWith('absent'))).toEqual([]);
      expect(await keysIn(store.list('absent/'))).toEqual([]);
    });

    const wrongKeys = ['', '/a', 'a/', 'a//b', '../a', 'a/../../b', 'a/./b', 'a\nb', 'a\\b'];
    it.each(wrongKeys)('refuses %j as a key', async (key) => {
      await expect(store.putIfAbsent(key, Buffer.from('x'))).rejects.toThrow(/is no key of an object/);
      await expect(store.get(key)).rejects.toThrow(ObjectStoreError);
    });

    it('refuses a key that is longer than S3 takes', async () => {
      const parts = Array.from({ length: 11 }, () => 'x'.repeat(100));
      const put = store.putIfAbsent(parts.join('/'), Buffer.from('x'));
      await expect(put).rejects.toThrow(/is no key of an object/);
    });

    it('takes keys with equals signs, blanks, percent signs and letters of the world', async () => {
      const keys = ['day=2026-01-01/a b+c.txt', 'region=Ünïcode 📚/100%25.txt', 'quote=\'"&<>/$(x)!.txt'];
      for (const key of keys) {
        await store.putIfAbsent(`odd/${key}`, Buffer.from(key));
        expect(String(await store.get(`odd/${key}`))).toBe(key);
        expect((await store.head(`odd/${key}`))?.size).toBe(Buffer.byteLength(key));
      }
      expect((await keysIn(store.list('odd/'))).sort()).toEqual(keys.map((key) => `odd/${key}`).sort());
      await store.delete(keys.map((key) => `odd/${key}`));
      expect(await keysIn(store.list('odd/'))).toEqual([]);
    });

    it('lists more than a thousand objects in the order of their bytes, and deletes them all', async () => {
      const keys = Array.from({ length: 1001 }, (_, n) => `many/${n % 7}/${n}`);
      const waiting = [...keys];
      const writer = async () => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
          await store.putIfAbsent(key, Buffer.from('x'));
      };
      await Promise.all(Array.from({ length: 8 }, writer));
      expect(await keysIn(store.list('many/'))).toEqual([...keys].sort());
      expect(await keysIn(store.list('many/3/10'))).toEqual(
        keys.filter((key) => key.startsWith('many/3/10')).sort(),
      );
      await store.delete(keys);
      expect(await keysIn(store.list('many/'))).toEqual([]);
    });

    it('lists names that sort before a slash where their bytes say', async () => {
      const keys = ['sort/a-b', 'sort/a/z', 'sort/a0', 'sort/B', 'sort/é', 'sort/\u{10000}', 'sort/\uffee'];
      for (const key of keys) await store.putIfAbsent(key, Buffer.from('x'));
      const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keysIn(store.list('sort/'))).toEqual(byBytes);
    });

    it.each([200, 300_000])('lets one of twenty writers of %i bytes win', async (size) => {
      for (let round = 0; round < 5; round++) {
        const key = `race/${size}/${round}`;
        const bodies = Array.from({ length: RACERS }, () => randomBytes(size));
        const outcomes = await Promise.all(bodies.map((body) => store.putIfAbsent(key, body)));
        expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
        const winner = bodies[outcomes.indexOf('created')] as Buffer;
        expect((await store.get(key))?.equals(winner)).toBe(true);
      }
    });

    it('takes a large file from the disk and gives it back', async () => {
      const body = randomBytes(40 * MIB + 17);
      const path = join(folder, 'large');
      await writeFile(path, body);
      expect(await store.putFileIfAbsent('large', path)).toBe('created');
      expect(await store.putFileIfAbsent('large', path)).toBe('exists');
      expect((await store.head('large'))?.size).toBe(body.length);
      await store.download('large', `${path}.copy`);
      expect((await readFile(`${path}.copy`)).equals(body)).toBe(true);
      expect((await readFile(path)).equals(body)).toBe(true);
    });

    it('lets one of several large files win', async () => {
      const bodies = [1, 2, 3].map(() => randomBytes(17 * MIB));
      const paths = bodies.map((_, n) => join(folder, `racer-${n}`));
      await Promise.all(paths.map((path, n) => writeFile(path, bodies[n] as Buffer)));
      const outcomes = await Promise.all(paths.map((path) => store.putFileIfAbsent('large-race', path)));
      expect(outcomes.sort()).toEqual(['created', 'exists', 'exists']);
      const found = await store.get('large-race');
      expect(bodies.filter((body) => found?.equals(body))).toHaveLength(1);
    });

    it('takes a small file, and says when there is none', async () => {
      const path = join(folder, 'small');
      await writeFile(path, 'small');
      expect(await store.putFileIfAbsent('small', path)).toBe('created');
      expect(String(await store.get('small'))).toBe('small');
      await expect(store.putFileIfAbsent('none', join(folder, 'none'))).rejects.toThrow(ObjectStoreError);
      expect(await store.head('none')).toBeUndefined();
    });

    it('passes the self-test, which leaves nothing behind', async () => {
      await testObjectStore(store);
      expect(await keysIn(store.list('_tidemark/'))).toEqual([]);
    });
  });
}
