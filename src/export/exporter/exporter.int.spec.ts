import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lakeCensus, wrong } from '../../../test/support/lake/census';
import { tooLarge } from '../../../test/support/lake/refused-orders';
import { FolderLake } from '../../../test/support/lake/test-lake';
import { mixedLog, writeLog } from '../../../test/support/mixed-log';
import { createTestStore, type TestStore } from '../../../test/support/store';
import { eventDatasets } from '../datasets/catalogue';
import { orderLines } from '../datasets/order-lines.dataset';
import type { ObjectStore } from '../object-store/object-store';
import { CutLog } from './cut-log';
import { lakeIdentity } from './lake-identity';
import { exportStatus } from './status';

const ORDERS = 100;

let shop: TestStore;
let lake: FolderLake;
beforeEach(async () => {
  [shop, lake] = await Promise.all([createTestStore(), FolderLake.create()]);
});
afterEach(async () => {
  await lake.remove();
  await shop.close();
});

const census = () => lakeCensus(shop.store, lake.catalog());
const latestCut = () => new CutLog(lake.store).latest();

const whereUploadsFail = (store: ObjectStore, error: Error): ObjectStore =>
  new Proxy(store, {
    get(target, name) {
      if (name === 'putFileIfAbsent') return () => Promise.reject(error);
      const member = target[name as keyof ObjectStore];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });

describe('an export', () => {
  it('takes every row of every dataset to its table, whatever the size of the cuts', async () => {
    // Several batches of the event store: a cut is whole batches.
    await writeLog(shop.store, mixedLog(4 * ORDERS));
    await lake.export(shop.store, { limits: { rows: 500 } });
    const found = await census();
    expect(wrong(found)).toEqual([]);
    expect(found.filter(({ rows }) => rows === 0)).toEqual([]);
    expect((await latestCut())?.number).toBeGreaterThan(1);
  });

  it('goes on where the last one ended, and writes nothing when there is nothing new', async () => {
    const log = [...mixedLog(ORDERS)];
    await writeLog(shop.store, log.slice(0, 200));
    await lake.export(shop.store);
    const first = await latestCut();
    await lake.export(shop.store);
    expect(await latestCut()).toEqual(first);
    await writeLog(shop.store, log.slice(200));
    await lake.export(shop.store);
    expect(await latestCut()).toMatchObject({ number: 2, after: first?.through });
    expect(wrong(await census())).toEqual([]);
  });

  it('begins no lake beside tables of one whose cuts are no more on record', async () => {
    await writeLog(shop.store, mixedLog(5));
    await lake.export(shop.store);
    await rm(join(lake.folder, 'lake/_tidemark'), { recursive: true });
    await expect(lake.export(shop.store)).rejects.toThrow(
      /Table events of the lake file:.* has cut 1, of which there is no record/,
    );
    expect(await lakeIdentity(lake.store)).toBeUndefined();
  });

  it('of an empty store leaves empty tables', async () => {
    await lake.export(shop.store);
    expect(await exportStatus(shop.store, lake.catalog())).toContainEqual(
      expect.objectContaining({ dataset: 'events', position: '', lagEvents: 0, rows: 0, snapshot: null }),
    );
  });

  it('does no harm when several do it at once', async () => {
    await writeLog(shop.store, mixedLog(ORDERS));
    const limits = { rows: 300 };
    const again = async (): Promise<void> => {
      try {
        await lake.export(shop.store, { limits });
      } catch (error) {
        if ((error as Error).name !== 'OvertakenError') throw error;
        await again();
      }
    };
    await Promise.all([again(), again(), again()]);
    expect(wrong(await census())).toEqual([]);
  });

  it('refuses a lake of another event store, and leaves it as it was', async () => {
    await writeLog(shop.store, mixedLog(5));
    await lake.export(shop.store);
    const before = await latestCut();
    const other = await createTestStore();
    try {
      await writeLog(other.store, mixedLog(5));
      await expect(lake.export(other.store)).rejects.toThrow('Give LAKE_URL an empty place');
    } finally {
      await other.close();
    }
    expect(await latestCut()).toEqual(before);
    expect(wrong(await census())).toEqual([]);
  });
});

describe('an exporter that follows the log', () => {
  it('cuts a quiet tail by its age, and ends without a cut when it is stopped', async () => {
    const exporter = await lake.exporter(shop.store, { limits: { ageMs: 200 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    await writeLog(shop.store, mixedLog(3));
    while ((await exportStatus(shop.store, lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
      await delay(50);
    stop.abort();
    await following;
    await exporter.close();
    expect(wrong(await census())).toEqual([]);
  });

  it('has begun before the store was configured, and types what comes in later cuts all the same', async () => {
    const exporter = await lake.exporter(shop.store, { limits: { ageMs: 50 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    const log = [...mixedLog(6)];
    for (const part of [log.slice(0, 4), log.slice(4, 12), log.slice(12)]) {
      await writeLog(shop.store, part);
      while ((await exportStatus(shop.store, lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
        await delay(20);
    }
    stop.abort();
    await following;
    await exporter.close();
    expect((await latestCut())?.number).toBeGreaterThan(2);
    expect(wrong(await census())).toEqual([]);
  });

  it('ends with the error of the lake, however quiet the log is', async () => {
    await writeLog(shop.store, mixedLog(3));
    const full = new Error('the disk is full');
    const exporter = await lake.exporter(shop.store, {
      limits: { ageMs: 50 },
      catalog: lake.catalog(whereUploadsFail(lake.store, full)),
    });
    await expect(exporter.follow(new AbortController().signal)).rejects.toBe(full);
    await exporter.close();
    await lake.export(shop.store);
    expect(wrong(await census())).toEqual([]);
  });
});

describe('the status of a lake', () => {
  it('tells what each dataset has, and how far behind the log it is', async () => {
    await writeLog(shop.store, mixedLog(5));
    await lake.export(shop.store);
    await shop.store.append('order-late', 'noStream', [tooLarge('late').event]);
    const status = await exportStatus(shop.store, lake.catalog());
    expect(status.map(({ dataset }) => dataset)).toEqual([
      ...eventDatasets.map(({ name }) => name),
      'bad_rows',
    ]);
    for (const { lagEvents, lagSeconds, position } of status) {
      expect({ lagEvents, position }).toEqual({ lagEvents: 1, position: (await latestCut())?.through });
      expect(lagSeconds).toBeGreaterThanOrEqual(0);
    }
    const lines = status.find(({ dataset }) => dataset === orderLines.name);
    expect(lines).toMatchObject({ files: expect.any(Number), snapshot: expect.stringMatching(/^\d+$/) });
    expect(lines?.bytes).toBeGreaterThan(0);
  });
});
