import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { wrong } from '../../test/support/lake/census';
import { useExportedShop } from '../../test/support/lake/exported-shop';
import { logOfMonths } from '../../test/support/lake/log-of-months';
import { tooLarge } from '../../test/support/lake/refused-orders';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { createTestStore } from '../../test/support/store';
import { withMembers } from '../../test/support/with-members';
import { CutLog } from '../lake/cuts/cut-log';
import { eventDatasets } from '../lake/datasets/catalogue';
import { events } from '../lake/datasets/events.dataset';
import { orderLines } from '../lake/datasets/order-lines.dataset';
import { lakeIdentity } from '../lake/lake-identity';
import { compactLake } from '../lake/maintenance/compact';
import { exportStatus } from '../lake/status';
import { liveFiles } from '../lake/tables/live-files';

const ORDERS = 100;

const on = useExportedShop();

const latestCut = () => new CutLog(on.lake.store).latest();

describe('an export', () => {
  it('takes every row of every dataset to its table, whatever the size of the cuts', async () => {
    // Enough orders for several batches of the event store, of which cuts are made.
    await writeLog(on.shop.store, mixedLog(4 * ORDERS));
    await on.lake.export(on.shop.store, { limits: { events: 500 } });
    const found = await on.census();
    expect(wrong(found)).toEqual([]);
    expect(found.filter(({ rows }) => rows === 0)).toEqual([]);
    expect((await latestCut())?.number).toBeGreaterThan(1);
  });

  it('goes on where the last one ended, and writes nothing when there is nothing new', async () => {
    const log = [...mixedLog(ORDERS)];
    await writeLog(on.shop.store, log.slice(0, 200));
    await on.lake.export(on.shop.store);
    const first = await latestCut();
    await on.lake.export(on.shop.store);
    expect(await latestCut()).toEqual(first);
    await writeLog(on.shop.store, log.slice(200));
    await on.lake.export(on.shop.store);
    expect(await latestCut()).toMatchObject({ number: 2, after: first?.through });
    expect(wrong(await on.census())).toEqual([]);
  });

  it('begins no lake beside tables of one whose cuts are no more on record', async () => {
    await writeLog(on.shop.store, mixedLog(5));
    await on.lake.export(on.shop.store);
    await rm(join(on.lake.folder, 'lake/_tidemark'), { recursive: true });
    await expect(on.lake.export(on.shop.store)).rejects.toThrow(
      /Table events of the lake file:.* has cut 1, of which there is no record/,
    );
    expect(await lakeIdentity(on.lake.store)).toBeUndefined();
  });

  it('of an empty store leaves empty tables', async () => {
    await on.lake.export(on.shop.store);
    expect(await exportStatus(on.shop.store, on.lake.catalog())).toContainEqual(
      expect.objectContaining({ dataset: 'events', position: '', lagEvents: 0, rows: 0, snapshot: null }),
    );
  });

  it('does no harm when several do it at once', async () => {
    await writeLog(on.shop.store, mixedLog(ORDERS));
    const limits = { events: 100 };
    const again = async (): Promise<void> => {
      try {
        await on.lake.export(on.shop.store, { limits });
      } catch (error) {
        if ((error as Error).name !== 'OvertakenError') throw error;
        await again();
      }
    };
    await Promise.all([again(), again(), again()]);
    expect(wrong(await on.census())).toEqual([]);
  });

  it('refuses a lake of another event store, and leaves it as it was', async () => {
    await writeLog(on.shop.store, mixedLog(5));
    await on.lake.export(on.shop.store);
    const before = await latestCut();
    const other = await createTestStore();
    try {
      await writeLog(other.store, mixedLog(5));
      await expect(on.lake.export(other.store)).rejects.toThrow('Give LAKE_URL an empty place');
    } finally {
      await other.close();
    }
    expect(await latestCut()).toEqual(before);
    expect(wrong(await on.census())).toEqual([]);
  });
});

describe('the table of events', () => {
  const partitions = async () => {
    const found = new Map<string, number>();
    for await (const { partition, path } of liveFiles(on.lake.catalog(), 'events')) {
      const [type, date] = partition;
      const folder = path.split('/').slice(2, -1).join('/');
      expect(decodeURIComponent(folder)).toContain(`event_type=${type}/event_date`);
      found.set(folder, (found.get(folder) ?? 0) + 1);
      expect(Number.isInteger(date)).toBe(true);
    }
    return found;
  };

  it('is divided by day where it was made so, stays so, and is compacted by day', async () => {
    const log = logOfMonths(20);
    await writeLog(on.shop.store, log.slice(0, 60));
    await on.lake.export(on.shop.store, { eventsPartition: 'day' });
    await writeLog(on.shop.store, log.slice(60));
    await on.lake.export(on.shop.store, { limits: { events: 20 } });
    const before = await partitions();
    for (const folder of before.keys()) expect(folder).toMatch(/\/event_date=\d{4}-\d\d-\d\d$/);
    expect(Math.max(...before.values())).toBeGreaterThan(1);
    await compactLake(on.lake.catalog(), [events], join(on.lake.folder, 'work'));
    expect(await partitions()).toEqual(new Map([...before.keys()].map((folder) => [folder, 1])));
    expect(wrong(await on.census())).toEqual([]);
  });

  it('is divided by month, and compacted to a file a type and month', async () => {
    await writeLog(on.shop.store, logOfMonths(20));
    await on.lake.export(on.shop.store, { limits: { events: 40 } });
    const before = await partitions();
    for (const folder of before.keys()) expect(folder).toMatch(/\/event_date_month=\d{4}-\d\d$/);
    expect(Math.max(...before.values())).toBeGreaterThan(1);
    await compactLake(on.lake.catalog(), [events], join(on.lake.folder, 'work'));
    expect(await partitions()).toEqual(new Map([...before.keys()].map((folder) => [folder, 1])));
    expect(wrong(await on.census())).toEqual([]);
  });
});

describe('an exporter that follows the log', () => {
  it('cuts a quiet tail by its age, and ends without a cut when it is stopped', async () => {
    const exporter = await on.lake.exporter(on.shop.store, { limits: { ageMs: 200 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    await writeLog(on.shop.store, mixedLog(3));
    while ((await exportStatus(on.shop.store, on.lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
      await delay(50);
    stop.abort();
    await following;
    await exporter.close();
    expect(wrong(await on.census())).toEqual([]);
  });

  it('has begun before the store was configured, and types what later cuts bring', async () => {
    const exporter = await on.lake.exporter(on.shop.store, { limits: { ageMs: 50 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    const log = [...mixedLog(6)];
    for (const part of [log.slice(0, 4), log.slice(4, 12), log.slice(12)]) {
      await writeLog(on.shop.store, part);
      while ((await exportStatus(on.shop.store, on.lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
        await delay(20);
    }
    stop.abort();
    await following;
    await exporter.close();
    expect((await latestCut())?.number).toBeGreaterThan(2);
    expect(wrong(await on.census())).toEqual([]);
  });

  it('waits for the settings of the store, without which a product would be refused', async () => {
    const log = [...mixedLog(6)];
    const early = log.find(({ event }) => event.type === 'ProductListed') as (typeof log)[number];
    const exporter = await on.lake.exporter(on.shop.store, { limits: { ageMs: 20 } });
    const head = jest.spyOn(exporter as unknown as { bringUp(): void }, 'bringUp');
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    await writeLog(on.shop.store, [early]);
    const before = head.mock.calls.length;
    while (head.mock.calls.length < before + 5) await delay(20);
    expect(await latestCut()).toBeUndefined();
    await writeLog(
      on.shop.store,
      log.filter((append) => append !== early),
    );
    while ((await exportStatus(on.shop.store, on.lake.catalog())).some(({ lagEvents }) => lagEvents > 0))
      await delay(20);
    stop.abort();
    await following;
    await exporter.close();
    expect((await on.census()).find(({ dataset }) => dataset === 'bad_rows')?.rows ?? 0).toBe(0);
    expect(wrong(await on.census())).toEqual([]);
  });

  it('ends with the error of the lake, however quiet the log is', async () => {
    await writeLog(on.shop.store, mixedLog(3));
    const full = new Error('the disk is full');
    const exporter = await on.lake.exporter(on.shop.store, {
      limits: { ageMs: 50 },
      catalog: on.lake.catalog(withMembers(on.lake.store, { putFileIfAbsent: () => Promise.reject(full) })),
    });
    await expect(exporter.follow(new AbortController().signal)).rejects.toBe(full);
    await exporter.close();
    await on.lake.export(on.shop.store);
    expect(wrong(await on.census())).toEqual([]);
  });
});

describe('the status of a lake', () => {
  it('tells what each dataset has, and how far behind the log it is', async () => {
    await writeLog(on.shop.store, mixedLog(5));
    await on.lake.export(on.shop.store);
    await on.shop.store.append('order-late', 'noStream', [tooLarge('late').event]);
    const status = await exportStatus(on.shop.store, on.lake.catalog());
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
