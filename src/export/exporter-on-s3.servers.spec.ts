import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import pino from 'pino';
import { lakeCensus, wrong } from '../../test/support/lake/census';
import { exportLog } from '../../test/support/lake/export-log';
import { largeLog } from '../../test/support/lake/large-log';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { type Fault, FaultProxy } from '../../test/support/s3/fault-proxy';
import { describeS3 } from '../../test/support/s3/suite';
import { startS3, type TestS3 } from '../../test/support/s3/versitygw';
import { createTestStore, type TestStore } from '../../test/support/store';
import { keepTrying } from '../concurrency/keep-trying';
import type { EventStore } from '../event-store/event-store';
import { CutLog } from '../lake/cuts/cut-log';
import { eventDatasets } from '../lake/datasets/catalogue';
import type { MaintainedCatalog } from '../lake/iceberg/committer';
import { openS3Store } from '../lake/object-store/s3-store';
import { exportStatus } from '../lake/status';
import { lakeCommitter } from '../lake/tables/lake-committer';
import { listSnapshots } from '../lake/tables/snapshots';
import { Exporter } from './exporter';

const ORDERS = 20;
/** With this limit the log is three cuts. */
const CUT_EVENTS = 40;
const TRIES = 3;

const METADATA = /^PUT .*\/orders\/metadata\/v3\.metadata\.json/;
/** A commit is put up to five times, with three tries each. */
const COMMIT_TRIES = 15;
const FAULTS: Fault[] = ['lostAnswer', 'conflict', 'internalError', 'slowDown', 'silence', 'cut'];
/** `faults` are made once each; `tries`: requests before the exporter gives up */
const PLACES = [
  {
    what: 'the record of a cut',
    pattern: /^PUT .*\/_tidemark\/cuts\/0*2\.json/,
    faults: ['lostAnswer', 'cut'],
    tries: TRIES,
  },
  {
    what: 'a data file',
    pattern: /^PUT .*\/orders\/data\/.*\/0*2-[^/]*\.parquet/,
    faults: FAULTS,
    tries: TRIES,
  },
  {
    what: 'a manifest',
    pattern: /^PUT .*\/orders\/metadata\/[^/]*\.avro/,
    faults: ['lostAnswer', 'silence'],
    tries: TRIES,
  },
  { what: 'the metadata of a commit', pattern: METADATA, faults: FAULTS, tries: COMMIT_TRIES },
  {
    what: 'the note of what is finished',
    pattern: /^PUT .*\/_tidemark\/progress\.json/,
    faults: ['lostAnswer', 'slowDown'],
    tries: TRIES,
  },
] as const;

describeS3('an exporter onto S3 that fails', () => {
  let s3: TestS3;
  let proxy: FaultProxy;
  let shop: TestStore;
  let log: EventStore;
  let prefix: string;
  let lakes = 0;

  beforeAll(async () => {
    [s3, shop] = await Promise.all([startS3(), createTestStore()]);
    proxy = await FaultProxy.open(s3.endpoint);
    log = shop.store;
    await writeLog(shop.store, mixedLog(ORDERS));
  });
  beforeEach(() => {
    prefix = `${s3.prefix}/lake-${lakes++}`;
    proxy.heal();
  });
  afterAll(async () => {
    await proxy?.close();
    await shop?.close();
    await s3?.stop();
  });

  async function withLakeAt<T>(
    endpoint: string,
    work: (catalog: MaintainedCatalog) => Promise<T>,
  ): Promise<T> {
    const store = openS3Store({
      bucket: s3.bucket,
      prefix,
      endpoint,
      limits: { tries: TRIES, backoffMs: 5, deadlineMs: 1_000 },
    });
    try {
      return await work({ store, committer: lakeCommitter(store) });
    } finally {
      await store.close();
    }
  }

  /** Exports the log as the role does, until it is done. @param failed is told of every failure */
  async function exportAtLast(store = log, failed: (error: Error) => void = () => {}): Promise<void> {
    const done = new AbortController();
    const limits = store === log ? { events: CUT_EVENTS } : undefined;
    const once = () => withLakeAt(proxy.endpoint, (catalog) => exportLog(store, catalog, limits));
    const work = async () => {
      await once().catch((error) => {
        failed(error);
        throw error;
      });
      done.abort();
    };
    await keepTrying(done.signal, work, { logger: pino({ level: 'silent' }), failed: '', overtaken: '' });
  }

  async function expectAllOnce(store = log): Promise<void> {
    proxy.heal();
    await withLakeAt(s3.endpoint, async (catalog) => {
      expect(wrong(await lakeCensus(store, catalog))).toEqual([]);
      const latest = (await new CutLog(catalog.store).latest())!.number;
      for (const { name } of eventDatasets) {
        const snapshots = await listSnapshots(catalog, name);
        const cuts = snapshots.map(({ cut }) => cut!);
        expect(cuts).toEqual([...new Set(cuts)].sort((a, b) => b - a));
        expect(cuts[0] ?? 0).toBeLessThanOrEqual(latest);
        expect(snapshots.reduce((sum, { addedRecords }) => sum + addedRecords, 0)).toBe(
          snapshots[0]?.totalRecords ?? 0,
        );
      }
      expect((await listSnapshots(catalog, 'events')).map(({ cut }) => cut)).toEqual(
        Array.from({ length: latest }, (_, n) => latest - n),
      );
    });
  }

  describe.each(PLACES)('in writing $what', ({ pattern, faults, tries }) => {
    it.each<Fault>(faults)('once with %s: goes on, and has every row once', async (fault) => {
      const failures: Error[] = [];
      proxy.spoil(pattern, fault);
      await exportAtLast(log, (error) => failures.push(error));
      expect(failures).toEqual([]);
      expect(proxy.seen.filter((line) => pattern.test(line)).length).toBeGreaterThan(1);
      await expectAllOnce();
    });

    it('again and again: gives up, begins anew, and has every row once', async () => {
      const failures: Error[] = [];
      proxy.spoil(pattern, ...Array.from({ length: tries }, (): Fault => 'internalError'));
      await exportAtLast(log, (error) => failures.push(error));
      expect(failures).toHaveLength(1);
      await expectAllOnce();
    });
  });

  it('by losing every answer to a commit for a while: knows its own commit again', async () => {
    const failures: Error[] = [];
    proxy.spoil(METADATA, ...Array.from({ length: TRIES + 1 }, (): Fault => 'lostAnswer'));
    await exportAtLast(log, (error) => failures.push(error));
    expect(failures).toEqual([]);
    await expectAllOnce();
  });

  it('because its bucket is gone: goes on when it is back', async () => {
    const failures: Error[] = [];
    const exporting = exportAtLast(log, (error) => failures.push(error));
    while (!proxy.seen.some((line) => PLACES[0]!.pattern.test(line))) await delay(1);
    proxy.spoilAll(/./, 'noSuchBucket');
    while (failures.length < 2) await delay(10);
    proxy.heal();
    await exporting;
    expect(failures.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('there is no such bucket; create it, or mend LAKE_URL'),
    );
    await expectAllOnce();
  });

  it('because its bucket was emptied between two cuts: notices it, and fills it anew', async () => {
    const own = await createTestStore();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-work-'));
    try {
      const events = [...mixedLog(ORDERS)];
      await withLakeAt(s3.endpoint, async (catalog) => {
        const exporter = await Exporter.open({
          store: own.store,
          catalog,
          workFolder: folder,
          limits: { ageMs: 50 },
        });
        const following = exporter.follow(new AbortController().signal);
        await writeLog(own.store, events.slice(0, 20));
        while ((await exportStatus(own.store, catalog)).some(({ lagEvents }) => lagEvents > 0))
          await delay(20);
        const keys: string[] = [];
        for await (const { key } of catalog.store.list('')) keys.push(key);
        await catalog.store.delete(keys);
        await writeLog(own.store, events.slice(20));
        await expect(following).rejects.toThrow('was emptied while it was exported to');
        await exporter.close();
      });
      await exportAtLast(own.store);
      await expectAllOnce(own.store);
    } finally {
      await own.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('beside another exporter: has every row once', async () => {
    proxy.spoil(/^PUT/, ...FAULTS, ...FAULTS);
    await Promise.all([exportAtLast(), exportAtLast(), exportAtLast()]);
    await expectAllOnce();
  });

  describe('in sending a large file', () => {
    let large: TestStore;

    beforeAll(async () => {
      large = await createTestStore();
      await writeLog(large.store, largeLog());
    });
    afterAll(() => large?.close());

    const expectNoUploadLeft = async () => {
      const command = new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: `${prefix}/` });
      expect((await s3.client.send(command)).Uploads ?? []).toEqual([]);
    };

    it.each([
      { fault: 'cut', pattern: /partNumber=2/, times: 1 },
      { fault: 'cut', pattern: /partNumber=2/, times: TRIES },
      { fault: 'lostAnswer', pattern: /^POST .*uploadId=/, times: 1 },
      { fault: 'silence', pattern: /^POST .*uploadId=/, times: TRIES },
    ] as const)(
      'with $fault, $times times, at $pattern: it is there once',
      async ({ fault, pattern, times }) => {
        const failures: Error[] = [];
        proxy.spoil(pattern, ...Array.from({ length: times }, () => fault));
        await exportAtLast(large.store, (error) => failures.push(error));
        expect(failures).toHaveLength(times === TRIES ? 1 : 0);
        expect(proxy.seen.filter((line) => pattern.test(line)).length).toBeGreaterThan(times);
        await expectAllOnce(large.store);
        await expectNoUploadLeft();
      },
    );
  });
});
