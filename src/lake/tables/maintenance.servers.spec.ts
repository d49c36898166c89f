import { cp, rm } from 'node:fs/promises';
import {
  addCut,
  compactFiles,
  copyToCut,
  createLake,
  putCutFile,
  rewriteGroup,
  STORE_IDENTITY,
  stampOf,
  type TestLake,
} from '../../../test/support/iceberg/lake';
import { measurements } from '../../../test/support/iceberg/measurements';
import { catalogIn } from '../../../test/support/lake/test-lake';
import { describeReaders, type Readers, startReaders } from '../../../test/support/readers/readers';
import { withMembers } from '../../../test/support/with-members';
import { OvertakenError } from '../../concurrency/keep-trying';
import type { Catalog } from '../iceberg/committer';
import { StaleFilesError } from '../iceberg/errors';
import { replaceFiles } from '../iceberg/replace';
import { groupSmallFiles } from '../iceberg/rewrite-data-files';
import { openFolderStore } from '../object-store/folder-store';
import type { ObjectStore } from '../object-store/object-store';
import { appendCut } from './append-cut';
import { deleteOrphans, expireSnapshots } from './delete-unused';
import { ensureTable } from './ensure-table';
import { type CutFile, liveFiles } from './live-files';
import { clearResumeAfter, emptyTable, rollbackTable } from './rollback';
import { listSnapshots } from './snapshots';
import { RESUME_AFTER } from './stamp';

const { name } = measurements;
const DAY_MS = 86_400_000;

/** A catalog that does some work right after each commit. */
const thenDoing = ({ store, committer }: Catalog, work: () => Promise<void>): Catalog => ({
  store,
  committer: {
    load: (table) => committer.load(table),
    create: (table, metadata) => committer.create(table, metadata),
    async commit(base, updates) {
      const outcome = await committer.commit(base, updates);
      await work();
      return outcome;
    },
  },
});

describeReaders('the maintenance of a table', () => {
  let readers: Readers;
  let lake: TestLake;

  beforeAll(async () => {
    readers = await startReaders();
  });
  beforeEach(async () => {
    lake = await createLake();
    await ensureTable(lake, measurements, STORE_IDENTITY);
    // Cuts 0 and 12 lie in one month, 1 in another.
    for (const number of [0, 1, 12]) await addCut(lake, number);
  });
  afterEach(() => lake.remove());
  afterAll(() => readers.stop());

  const live = async (snapshotId?: bigint): Promise<CutFile[]> => {
    const files: CutFile[] = [];
    for await (const file of liveFiles(lake, name, snapshotId)) files.push(file);
    return files;
  };
  const keys = async (end: string) => {
    const found: string[] = [];
    for await (const { key } of lake.store.list(`${name}/`)) if (key.endsWith(end)) found.push(key);
    return found;
  };
  /** What both readers count, at the current snapshot or a given one. */
  const totals = async (snapshot?: bigint) => {
    const { metadata } = await lake.source();
    const { rows } = await readers.scan({ metadata }, snapshot === undefined ? {} : { snapshot });
    const version = snapshot === undefined ? '' : `, snapshot_from_id = ${snapshot}`;
    const [duckdb] = await readers.sql(
      `SELECT count(*) AS n, count(DISTINCT kind || id) AS ids FROM iceberg_scan('${metadata}'${version})`,
    );
    const ids = new Set(rows.map((row) => `${row.kind}${row.id}`)).size;
    expect(duckdb).toEqual({ n: rows.length, ids });
    return { rows: rows.length, ids };
  };

  describe('live files', () => {
    it('are told with partition, size and what part of the log they have', async () => {
      const files = await live();
      expect(files).toHaveLength(6);
      const { snapshots } = (await lake.table()).metadata;
      expect(files[0]).toEqual({
        path: `${name}/data/kind=a/day=480/0012.parquet`,
        partition: ['a', 480],
        recordCount: 10,
        fileSize: (await lake.store.head(files[0]!.path))!.size,
        snapshotId: snapshots[2]?.['snapshot-id'],
        sequenceNumber: 3,
        cut: 12,
        throughPosition: stampOf(12).through,
      });
    });

    it('are those of a named snapshot', async () => {
      const [, , first] = await listSnapshots(lake, name);
      expect((await live(first!.id)).map(({ path }) => path)).toEqual([
        `${name}/data/kind=a/day=480/0000.parquet`,
        `${name}/data/kind=b/day=480/0000.parquet`,
      ]);
      await expect(live(5n)).rejects.toThrow('Table measurements: has no snapshot 5');
    });

    it('are found where the lake was moved to', async () => {
      const moved = `${lake.folder}-moved`;
      await cp(lake.folder, moved, { recursive: true });
      try {
        const elsewhere = catalogIn(await openFolderStore(moved));
        const paths = [];
        for await (const { path } of liveFiles(elsewhere, name)) paths.push(path);
        expect(paths).toEqual((await live()).map(({ path }) => path));
      } finally {
        await rm(moved, { recursive: true });
      }
    });
  });

  describe('compaction', () => {
    it('makes one file of the small ones of each partition, and readers see the same rows', async () => {
      const before = await totals();
      const result = await compactFiles(lake, measurements, rewriteGroup(lake));
      expect(result).toEqual({ filesReplaced: 4, filesWritten: 2, groupsSkipped: 0 });
      expect(await live()).toHaveLength(4);
      expect(await totals()).toEqual(before);
      const source = await lake.source();
      const { plannedFiles, rows } = await readers.scan(source, {
        filter: "kind == 'a' and day < '2010-02-01'",
      });
      expect([plannedFiles, rows.length]).toEqual([1, 20]);
    });

    it('keeps the cut of the table, and older snapshots as they were', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      const [newest, , second] = await listSnapshots(lake, name);
      expect(newest).toMatchObject({ operation: 'replace', cut: 12, totalRecords: 60, totalFiles: 4 });
      expect(await addCut(lake, 12)).toEqual({ outcome: 'already' });
      expect(await totals(second!.id)).toEqual({ rows: 40, ids: 40 });
    });

    it('marks replaced files as deleted, others as existing, each with its sequence number', async () => {
      const paths = (await live())
        .filter(({ partition }) => `${partition}` === 'a,480')
        .map(({ path }) => path);
      const file = await rewriteGroup(lake)({
        partition: ['a', 480],
        files: (await live()).filter(({ path }) => paths.includes(path)),
      });
      await replaceFiles(lake, measurements, paths, [file]);
      const entries = await readers.inspect(await lake.source(), 'entries');
      const [added, existing, deleted] = [1, 0, 2].map((wanted) =>
        entries.filter(({ status }) => status === wanted).map(({ sequence_number }) => sequence_number),
      );
      expect({ added, existing, deleted }).toEqual({ added: [4, 2, 2], existing: [3, 1], deleted: [3, 1] });
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
    });

    it('leaves manifests without a live file out of the next snapshot', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      await addCut(lake, 13);
      const manifests = await readers.inspect(await lake.source(), 'manifests');
      expect(manifests.map((one) => one.deleted_data_files_count)).toEqual([0, 0, 0]);
    });

    it('packs files up to the target size, oldest first', async () => {
      const [{ fileSize }] = (await live()) as [CutFile];
      const groups = await groupSmallFiles(lake, name, { targetBytes: fileSize * 2.5 });
      expect(
        groups.map(({ partition, files }) => [partition, files.map(({ sequenceNumber }) => sequenceNumber)]),
      ).toEqual([
        [
          ['a', 480],
          [1, 3],
        ],
        [
          ['b', 480],
          [1, 3],
        ],
      ]);
      expect(await groupSmallFiles(lake, name, { targetBytes: fileSize })).toEqual([]);
      expect(await groupSmallFiles(lake, name, { minFiles: 3 })).toEqual([]);
    });

    it('spares a file that is larger than the rest of its group, where it is told to', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      await addCut(lake, 24);
      const sizes = async (spareLarger: boolean) =>
        (await groupSmallFiles(lake, name, { spareLarger })).map(({ files }) => files.length);
      expect(await sizes(false)).toEqual([2, 2]);
      expect(await sizes(true)).toEqual([]);
      await addCut(lake, 36);
      await addCut(lake, 48);
      expect(await sizes(true)).toEqual([4, 4]);
    });

    it('leaves a group alone whose files somebody else replaced meanwhile', async () => {
      const rewrite = rewriteGroup(lake);
      let others = 0;
      const result = await compactFiles(lake, measurements, async (group) => {
        const file = await rewrite(group);
        if (group.partition[0] === 'a') {
          const paths = group.files.map(({ path }) => path);
          await replaceFiles(lake, measurements, paths, [await rewrite(group)]);
          others++;
        }
        return file;
      });
      expect([result, others]).toEqual([{ filesReplaced: 2, filesWritten: 1, groupsSkipped: 1 }, 1]);
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
      expect(await keys('.parquet')).toHaveLength(8);
    });

    it('keeps what was appended while it wrote', async () => {
      const rewrite = rewriteGroup(lake);
      await compactFiles(lake, measurements, async (group) => {
        await addCut(lake, 13);
        return rewrite(group);
      });
      expect(await totals()).toEqual({ rows: 80, ids: 80 });
    });

    it('refuses to replace rows by fewer', async () => {
      const [one, other] = (await live()) as [CutFile, CutFile];
      const file = await putCutFile(lake, 50, 'a');
      await expect(replaceFiles(lake, measurements, [one.path, other.path], [file])).rejects.toThrow(
        '20 rows cannot be replaced by 10',
      );
    });

    it('says which file is live no more', async () => {
      const file = await putCutFile(lake, 50, 'a');
      const replacing = replaceFiles(lake, measurements, ['measurements/data/gone.parquet'], [file]);
      await expect(replacing).rejects.toThrow(StaleFilesError);
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
    });
  });

  describe('expiry', () => {
    it('deletes files that no kept snapshot needs, and no other', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      const result = await expireSnapshots(lake, name, { keepLast: 1 });
      expect(result).toEqual({ snapshots: 3, dataFiles: 4, metadataFiles: 5 });
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
      expect((await keys('.parquet')).sort()).toEqual((await live()).map(({ path }) => path).sort());
      expect(await listSnapshots(lake, name)).toHaveLength(1);
    });

    it('keeps what a kept snapshot still has to read', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      await expireSnapshots(lake, name, { keepLast: 2 });
      const [newest, kept] = await listSnapshots(lake, name);
      expect(await totals(newest!.id)).toEqual({ rows: 60, ids: 60 });
      expect(await totals(kept!.id)).toEqual({ rows: 60, ids: 60 });
      expect(await keys('.parquet')).toHaveLength(8);
    });

    it('keeps snapshots that are new enough', async () => {
      const [, second] = await listSnapshots(lake, name);
      const result = await expireSnapshots(lake, name, { newerThan: second!.committedAt });
      expect(result.snapshots).toBeLessThanOrEqual(1);
      const kept = await listSnapshots(lake, name);
      expect(kept.map(({ id }) => id)).toContain(second!.id);
    });

    it('lets appends and rollbacks to what is kept go on', async () => {
      await expireSnapshots(lake, name, { keepLast: 2 });
      await addCut(lake, 13);
      const [, , oldest] = await listSnapshots(lake, name);
      await rollbackTable(lake, name, oldest!.id);
      expect(await totals()).toEqual({ rows: 40, ids: 40 });
    });

    it('reads several lists and manifests at once, but not all', async () => {
      const file = await putCutFile(lake, 13, 'a');
      for (let number = 13; number < 40; number++)
        await appendCut(lake, measurements, [await copyToCut(lake, file, number)], stampOf(number));
      let [reading, most] = [0, 0];
      const store = withMembers<ObjectStore>(lake.store, {
        async get(key) {
          most = Math.max(most, ++reading);
          const bytes = await lake.store.get(key);
          reading--;
          return bytes;
        },
      });
      await expireSnapshots(catalogIn(store), name, { keepLast: 20 });
      expect(most).toBe(8);
    });

    it('finds nothing to do a second time', async () => {
      await expireSnapshots(lake, name);
      expect(await expireSnapshots(lake, name)).toEqual({ snapshots: 0, dataFiles: 0, metadataFiles: 0 });
    });
  });

  describe('orphans', () => {
    it('are deleted when they are old, and what is live stays', async () => {
      const orphan = await putCutFile(lake, 7, 'a');
      const staged = `${name}/metadata/left-over-m0.avro`;
      await lake.store.putIfAbsent(staged, Buffer.from('x'));
      expect(await deleteOrphans(lake, name)).toBe(0);
      expect(await deleteOrphans(lake, name, { now: Date.now() + 2 * DAY_MS })).toBe(2);
      expect(await lake.store.head(orphan.path)).toBeUndefined();
      expect(await lake.store.head(staged)).toBeUndefined();
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
    });

    it('are not looked for in metadata while nothing is old', async () => {
      const read: string[] = [];
      const store = withMembers<ObjectStore>(lake.store, {
        async get(key) {
          read.push(key);
          return lake.store.get(key);
        },
      });
      expect(await deleteOrphans(catalogIn(store), name)).toBe(0);
      expect(read.filter((key) => key.endsWith('.avro'))).toEqual([]);
    });

    it('are not the files of a cut that is yet to be committed', async () => {
      const file = await putCutFile(lake, 13, 'a');
      expect(await deleteOrphans(lake, name, { now: Date.now() + 30 * DAY_MS })).toBe(0);
      expect(await lake.store.head(file.path)).toBeDefined();
    });

    it('are metadata files of versions long gone', async () => {
      const file = await putCutFile(lake, 13, 'a');
      for (let number = 13; number < 113; number++) {
        await appendCut(lake, measurements, [await copyToCut(lake, file, number)], stampOf(number));
      }
      expect(await keys('.metadata.json')).toHaveLength(104);
      await deleteOrphans(lake, name, { now: Date.now() + 8 * DAY_MS });
      expect(await keys('.metadata.json')).toHaveLength(100);
      expect((await totals()).rows).toBe(1_060);
    });
  });

  describe('rollback', () => {
    const noted = async () => (await lake.table()).metadata.properties[RESUME_AFTER] ?? '';

    it('makes an older snapshot the current one, and lets later cuts be exported again', async () => {
      const [, second] = await listSnapshots(lake, name);
      expect(await rollbackTable(lake, name, second!.id)).toBe(1);
      expect(await totals()).toEqual({ rows: 40, ids: 40 });
      expect(await noted()).toMatch(/^1:/);
      await clearResumeAfter(lake, name, await noted());
      await addCut(lake, 12);
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
      expect((await lake.table()).metadata.properties).not.toHaveProperty(RESUME_AFTER);
    });

    it('to nothing leaves a table without rows, and all cuts are exported again', async () => {
      const [before] = await listSnapshots(lake, name);
      const manifests = await keys('.avro');
      await lake.store.delete(manifests.filter((key) => key.endsWith('-m0.avro')));
      await emptyTable(lake, name);
      expect(await totals()).toEqual({ rows: 0, ids: 0 });
      const [emptied] = await listSnapshots(lake, name);
      expect(emptied).toMatchObject({ operation: 'delete', totalRecords: 0, totalFiles: 0, totalSize: 0 });
      const { summary } = (await lake.table()).metadata.snapshots.at(-1)!;
      expect(summary['deleted-records']).toBe(String(before?.totalRecords));
      expect(await noted()).toMatch(/^0:/);
      await clearResumeAfter(lake, name, await noted());
      for (const cut of [1, 12]) await addCut(lake, cut);
      expect(await totals()).toEqual({ rows: 40, ids: 40 });
    });

    it('during the exports after an earlier one ends those, and has its own cuts exported', async () => {
      const [third, second, first] = await listSnapshots(lake, name);
      await rollbackTable(lake, name, second!.id);
      const earlier = await noted();
      await rollbackTable(lake, name, first!.id);
      const files = [await putCutFile(lake, 12, 'a')];
      await expect(appendCut(lake, measurements, files, stampOf(12), { resuming: earlier })).rejects.toThrow(
        'was rolled back to cut 0',
      );
      await expect(clearResumeAfter(lake, name, earlier)).rejects.toThrow(OvertakenError);
      expect(await totals()).toEqual({ rows: 20, ids: 20 });
      await rollbackTable(lake, name, third!.id);
      await expect(clearResumeAfter(lake, name, earlier)).rejects.toThrow(OvertakenError);
      await clearResumeAfter(lake, name, await noted());
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
    });

    it('in the middle of an expiry keeps the files that are to be exported again', async () => {
      await compactFiles(lake, measurements, rewriteGroup(lake));
      const before = await keys('.parquet');
      const [current] = await listSnapshots(lake, name);
      const rollingBack = thenDoing(lake, async () => {
        await addCut(catalogIn(lake.store), 13);
        await rollbackTable(catalogIn(lake.store), name, current!.id);
      });
      await expect(expireSnapshots(rollingBack, name)).rejects.toThrow('nothing is deleted until then');
      expect(await keys('.parquet')).toEqual(expect.arrayContaining(before));
    });

    it('shows what was rolled back as no part of the history', async () => {
      const [, second] = await listSnapshots(lake, name);
      await rollbackTable(lake, name, second!.id);
      const shown = (await listSnapshots(lake, name)).map(({ isCurrent, isInHistory }) => [
        isCurrent,
        isInHistory,
      ]);
      expect(shown).toEqual([
        [false, false],
        [true, true],
        [false, true],
      ]);
    });

    it('lets nothing be deleted before the later cuts are exported again', async () => {
      const [, second] = await listSnapshots(lake, name);
      await rollbackTable(lake, name, second!.id);
      const refusal = 'was rolled back to cut 1 and is being exported again';
      await expect(expireSnapshots(lake, name)).rejects.toThrow(refusal);
      await expect(deleteOrphans(lake, name)).rejects.toThrow(refusal);
    });

    it('keeps files that were exported again when the snapshots that were rolled back expire', async () => {
      const [, second] = await listSnapshots(lake, name);
      await rollbackTable(lake, name, second!.id);
      await clearResumeAfter(lake, name, await noted());
      await addCut(lake, 12);
      expect(await expireSnapshots(lake, name)).toMatchObject({ snapshots: 3, dataFiles: 0 });
      expect(await totals()).toEqual({ rows: 60, ids: 60 });
    });

    it('refuses a snapshot that is not there', async () => {
      await expect(rollbackTable(lake, name, 5n)).rejects.toThrow('Table measurements: has no snapshot 5');
    });
  });
});
