import {
  addCut,
  copyToCut,
  createLake,
  putCutFile,
  STORE_IDENTITY,
  stampOf,
  type TestLake,
} from '../../../test/support/iceberg/lake';
import { column, measurements } from '../../../test/support/iceberg/measurements';
import { StoreProxy } from '../../../test/support/iceberg/store-proxy';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { describeReaders, type Readers, startReaders } from '../../../test/support/readers/readers';
import { ObjectStoreError, UnknownOutcomeError } from '../object-store/object-store';
import { appendCut } from '../tables/append-cut';
import { ensureTable } from '../tables/ensure-table';
import { liveFiles } from '../tables/live-files';
import { commitToTable } from './commit';
import { TableError } from './errors';

const { name } = measurements;

describeReaders('commits to a table', () => {
  let readers: Readers;
  let lake: TestLake;

  beforeAll(async () => {
    readers = await startReaders();
  });
  beforeEach(async () => {
    lake = await createLake();
    await ensureTable(lake, measurements, STORE_IDENTITY);
  });
  afterEach(() => lake.remove());
  afterAll(() => readers.stop());

  const keys = async (pattern: RegExp) => {
    const found: string[] = [];
    for await (const { key } of lake.store.list(`${name}/`)) if (pattern.test(key)) found.push(key);
    return found;
  };
  const countRows = async () => (await readers.scan(await lake.source())).rows.length;

  it('land once each when 8 writers race for the same cuts', async () => {
    const files = await Promise.all([0, 1, 2].map((number) => putCutFile(lake, number, 'a')));
    const writers = Array.from({ length: 8 }, () => catalogIn(lake.store));
    const outcomes = await Promise.all(
      writers.map(async (writer) => {
        const won = [];
        for (const [number, file] of files.entries()) {
          won.push((await appendCut(writer, measurements, [file], stampOf(number))).outcome);
        }
        return won;
      }),
    );
    for (const number of [0, 1, 2]) {
      expect(outcomes.filter((won) => won[number] === 'committed')).toHaveLength(1);
    }
    expect(await countRows()).toBe(30);
    // Attempts that lost left nothing: there is one manifest and one list for each snapshot.
    expect(await keys(/\.avro$/)).toHaveLength(6);
  });

  it('land all when writers race with different changes', async () => {
    const wide = { ...measurements, columns: [...measurements.columns, extra('note')] };
    await Promise.all([
      ...[1, 2, 3, 4].map(() => ensureTable(catalogIn(lake.store), wide, STORE_IDENTITY)),
      addCut(catalogIn(lake.store), 0),
    ]);
    expect(await countRows()).toBe(20);
    const { metadata } = await lake.table();
    expect(metadata.schemas).toHaveLength(2);
  });

  it('make one table when several writers create it', async () => {
    const other = { ...measurements, name: 'others' };
    const tables = await Promise.all(
      Array.from({ length: 8 }, () => ensureTable(catalogIn(lake.store), other, STORE_IDENTITY)),
    );
    expect(new Set(tables.map(({ metadata }) => metadata['table-uuid'])).size).toBe(1);
  });

  describe('whose answer is lost', () => {
    const METADATA = /v\d+\.metadata\.json$/;

    it('are found to have been done when they were stored', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = ['stored, then unknown'];
      const result = await addCut(catalogIn(proxy), 0);
      expect(result.outcome).toBe('committed');
      expect(await countRows()).toBe(20);
      expect((await lake.table()).metadata.snapshots).toHaveLength(1);
    });

    it('are found to have been done when a retry of the store says that it exists', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = ['stored, then exists'];
      expect((await addCut(catalogIn(proxy), 0)).outcome).toBe('committed');
      expect(await countRows()).toBe(20);
    });

    it('are done when they were not stored', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = ['unknown', 'unknown'];
      expect((await addCut(catalogIn(proxy), 0)).outcome).toBe('committed');
      expect(await countRows()).toBe(20);
    });

    it('are done on top of another writer’s when that one was first', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = ['unknown'];
      proxy.beforeFault = async () => {
        await addCut(lake, 0);
      };
      expect((await addCut(catalogIn(proxy), 1)).outcome).toBe('committed');
      expect(await countRows()).toBe(40);
    });

    it('leave everything that was staged in place when nothing can be found out', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = Array.from({ length: 5 }, () => 'stored, then unknown' as const);
      await expect(addCut(catalogIn(proxy), 0)).rejects.toThrow(UnknownOutcomeError);
      expect(await countRows()).toBe(20);
      expect(await addCut(catalogIn(lake.store), 0)).toEqual({ outcome: 'already' });
    });

    it('are unknown when reading back fails too', async () => {
      const proxy = new StoreProxy(lake.store, METADATA);
      proxy.faults = ['stored, then exists'];
      proxy.beforeFault = async () => {
        proxy.failReads = true;
      };
      await expect(addCut(catalogIn(proxy), 0)).rejects.toThrow(UnknownOutcomeError);
      expect(await countRows()).toBe(20);
    });
  });

  it('that the store refuses change nothing', async () => {
    const proxy = new StoreProxy(lake.store, /\.avro$/);
    proxy.faults = ['refused'];
    await expect(addCut(catalogIn(proxy), 0)).rejects.toThrow(ObjectStoreError);
    expect((await lake.table()).metadata.snapshots).toEqual([]);
  });

  it('are planned anew when the table changed while its former state was read', async () => {
    let plans = 0;
    const done = await commitToTable(lake, name, async () => {
      plans++;
      if (plans > 1) return undefined;
      await addCut(catalogIn(lake.store), 0);
      throw new TableError(name, 'a manifest is gone');
    });
    expect([done, plans]).toEqual([undefined, 2]);
  });

  describe('of a process that slept for very long', () => {
    const HOURS_MS = 3_600_000;
    /** Cuts 0 to 2 are versions 2 to 4; the first two versions were deleted as too old. */
    const moveOn = async () => {
      for (const number of [0, 1, 2]) await addCut(catalogIn(lake.store), number);
      await lake.store.delete([1, 2].map((version) => `${name}/metadata/v${version}.metadata.json`));
      const now = Date.now();
      jest.spyOn(Date, 'now').mockImplementation(() => now + 2 * HOURS_MS);
    };
    afterEach(() => jest.restoreAllMocks());

    it('start from the newest version', async () => {
      const sleeper = catalogIn(lake.store);
      await sleeper.committer.load(name);
      await moveOn();
      expect(await addCut(sleeper, 3)).toMatchObject({ outcome: 'committed' });
      expect(await countRows()).toBe(80);
    });

    it('do not take the place of a version that was deleted', async () => {
      const sleeper = catalogIn(lake.store);
      const base = (await sleeper.committer.load(name))!;
      await moveOn();
      const update = { action: 'set-properties' as const, updates: { late: 'yes' } };
      await expect(sleeper.committer.commit(base, [update])).rejects.toThrow('came too late');
      expect(await countRows()).toBe(60);
      expect(await keys(/\/v2\.metadata\.json$/)).toEqual([]);
    });
  });

  describe('the newest version', () => {
    it('is found when the hint lags behind, is rubbish or gone', async () => {
      for (const number of [0, 1, 2]) await addCut(lake, number);
      for (const hint of ['1', '2', 'rubbish', '-1', '']) {
        await lake.store.put(`${name}/metadata/version-hint.text`, Buffer.from(hint));
        const found = await catalogIn(lake.store).committer.load(name);
        expect(found?.metadataLocation).toMatch(/v4\.metadata\.json$/);
      }
      await lake.store.delete([`${name}/metadata/version-hint.text`]);
      const found = await catalogIn(lake.store).committer.load(name);
      expect(found?.metadata.snapshots).toHaveLength(3);
    });

    it('is gone where the hint is ahead of all that are there, and none older is taken for it', async () => {
      await addCut(lake, 0);
      await lake.store.put(`${name}/metadata/version-hint.text`, Buffer.from('99'));
      await expect(catalogIn(lake.store).committer.load(name)).rejects.toThrow(
        'measurements/metadata/v99.metadata.json is gone, the newest metadata',
      );
    });

    it('is a clear error when it cannot be read', async () => {
      await lake.store.putIfAbsent(`${name}/metadata/v2.metadata.json`, Buffer.from('{"format-ver'));
      await expect(catalogIn(lake.store).committer.load(name)).rejects.toThrow(
        'Table measurements: measurements/metadata/v2.metadata.json cannot be read',
      );
    });

    it('is refused when its format is another', async () => {
      await lake.store.putIfAbsent(`${name}/metadata/v2.metadata.json`, Buffer.from('{"format-version":3}'));
      await expect(catalogIn(lake.store).committer.load(name)).rejects.toThrow(
        'format version 3 where only 2 is understood',
      );
    });
  });

  it('of a damaged manifest list are refused, with its name', async () => {
    await addCut(lake, 0);
    const [list] = (await keys(/snap-.*\.avro$/)) as [string];
    await lake.store.put(list, (await lake.store.get(list))!.subarray(0, 100));
    await expect(addCut(lake, 1)).rejects.toThrow(
      `${lake.store.root}/${list} cannot be read: cut off or damaged`,
    );
  });

  it('refuse a table of another event store', async () => {
    await expect(ensureTable(lake, measurements, 'store-2')).rejects.toThrow(
      'Table measurements: belongs to event store store-1, this one is store-2',
    );
  });

  describe('a changed definition', () => {
    it('adds columns and widens others without writing a file anew', async () => {
      await addCut(lake, 0);
      const before = await keys(/\.parquet$/);
      const evolved = {
        ...measurements,
        columns: measurements.columns
          .map((column) =>
            column.name === 'count' ? { ...column, type: { kind: 'long' as const } } : column,
          )
          .map((column) =>
            column.name === 'rate'
              ? { ...column, type: { kind: 'decimal' as const, precision: 38, scale: 10 } }
              : column,
          )
          .concat(extra('note')),
      };
      await ensureTable(lake, evolved, STORE_IDENTITY);
      expect(await keys(/\.parquet$/)).toEqual(before);
      await addCut(lake, 1, evolved);
      const source = await lake.source();
      const { rows } = await readers.scan(source);
      expect(rows).toHaveLength(40);
      expect(rows.filter(({ note }) => note === null)).toHaveLength(20);
      expect(new Set(rows.map(({ count }) => count))).toContain(13);
      expect(await readers.schema(source)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ name: 'count', type: 'long' }),
          expect.objectContaining({ name: 'rate', type: 'decimal(38, 10)' }),
          expect.objectContaining({ id: 11, name: 'note', type: 'string', required: false }),
        ]),
      );
      const [sums] = await readers.sql(
        `SELECT count(*) AS n, count(note) AS notes, sum(count) AS counts
           FROM iceberg_scan('${source.metadata}')`,
      );
      const counts = rows.reduce((sum, { count }) => sum + Number(count ?? 0), 0);
      expect(sums).toEqual({ n: 40, notes: 20, counts });
      const old = await readers.scan(source, { filter: 'count == 3' });
      expect([old.rows.length, old.plannedFiles]).toEqual([2, 2]);
    });

    it('changes nothing when it is the same', async () => {
      const before = (await lake.table()).metadataLocation;
      await ensureTable(lake, measurements, STORE_IDENTITY);
      expect((await lake.table()).metadataLocation).toBe(before);
    });
  });

  it('keep the list of manifests short, and readers find every file', async () => {
    const CUTS = 230;
    const months = await Promise.all([0, 1, 2].map((number) => putCutFile(lake, number, 'a')));
    for (let number = 0; number < CUTS; number++) {
      const file = await copyToCut(lake, months[number % 3]!, number);
      await appendCut(lake, measurements, [file], stampOf(number));
    }
    const manifests = await readers.inspect(await lake.source(), 'manifests');
    expect(manifests.length).toBeLessThanOrEqual(101);
    const paths = [];
    for await (const file of liveFiles(lake, name)) paths.push(file);
    expect(paths).toHaveLength(CUTS);
    expect(paths.map(({ cut }) => cut)).toEqual(paths.map(({ sequenceNumber }) => sequenceNumber - 1));
    const source = await lake.source();
    const { rows, plannedFiles } = await readers.scan(source, { filter: "day < '2010-02-01'" });
    expect([rows.length, plannedFiles]).toEqual([770, 77]);
    const [row] = await readers.sql(`SELECT count(*) AS n FROM iceberg_scan('${source.metadata}')`);
    expect(row).toEqual({ n: CUTS * 10 });
  });
});

const extra = (columnName: string) => column(11, columnName, { kind: 'string' }, true);
