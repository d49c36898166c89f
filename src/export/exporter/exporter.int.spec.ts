import { setTimeout as delay } from 'node:timers/promises';
import { append } from '../../../bench/support/order-log';
import { lakeCensus, wrong } from '../../../test/support/lake/census';
import { FolderLake } from '../../../test/support/lake/test-lake';
import { mixedLog, writeLog } from '../../../test/support/mixed-log';
import { createTestStore, type TestStore } from '../../../test/support/store';
import { withMembers } from '../../../test/support/with-members';
import { eventDatasets } from '../datasets/catalogue';
import { orderLines } from '../datasets/order-lines.dataset';
import { rollbackTable } from '../iceberg/rollback';
import { listSnapshots } from '../iceberg/snapshots';
import { CutLog } from './cut-log';
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

/** Something that order_lines has no column for: more digits than fit. */
const tooLarge = (orderId: string) => {
  const amount = 999_999_999_999_999;
  const line = {
    lineNumber: 1,
    productId: 'p',
    productName: 'P',
    category: 'C',
    unitPrice: '1',
    quantity: 1,
  };
  const data = {
    orderId,
    customerId: null,
    country: 'JP',
    region: null,
    currency: 'JPY',
    lines: [{ ...line, gross: amount, discount: 0 }],
    gross: amount,
    discounts: 0,
    shipping: 0,
    tax: 0,
    total: amount,
  };
  return append(`order-${orderId}`, 0, 'OrderPlaced', data, Date.UTC(2024, 5, 1));
};

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
      catalog: lake.catalog(withMembers(lake.store, { putFileIfAbsent: () => Promise.reject(full) })),
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

describe('an event that does not fit a dataset', () => {
  const badRowsOf = async () => {
    const exporter = await lake.exporter(shop.store);
    try {
      return await exporter.redrive(new AbortController().signal);
    } finally {
      await exporter.close();
    }
  };

  it('is a bad row with its reason, is in the datasets that it fits, and is refused again while nothing has changed', async () => {
    await writeLog(shop.store, mixedLog(5));
    const { stream, event } = tooLarge('huge');
    await shop.store.append(stream, 'noStream', [event]);
    await lake.export(shop.store);
    const [, , , ...others] = await exportStatus(shop.store, lake.catalog());
    expect(others.at(-1)).toMatchObject({ dataset: 'bad_rows', rows: 2 });
    const { redriven, refused } = await badRowsOf();
    expect(redriven).toBe(0);
    expect(refused.map(({ dataset }) => dataset)).toEqual(['order_lines', 'orders']);
    expect(refused[0]).toMatchObject({ stream, revision: 0, reason: expect.stringContaining('too large') });
  });

  it('gets its rows when it fits at last, once', async () => {
    await writeLog(shop.store, mixedLog(5));
    const rows = jest.spyOn(orderLines, 'rows').mockImplementation(() => {
      throw new Error('a mistake of ours');
    });
    await lake.export(shop.store);
    const refusedThen = wrong(
      await census().catch(() => [{ dataset: 'order_lines', rows: 0, lost: 1, doubled: 0 }]),
    );
    expect(refusedThen.map(({ dataset }) => dataset)).toEqual(['order_lines']);
    rows.mockRestore();
    expect(await badRowsOf()).toMatchObject({ redriven: 5, refused: [] });
    expect(await badRowsOf()).toMatchObject({ redriven: 0, refused: [] });
    expect(wrong(await census())).toEqual([]);
  });
});

describe('a table that was rolled back', () => {
  it('gets what the log says since then again, from a later run and from one that is under way', async () => {
    const log = [...mixedLog(30)];
    await writeLog(shop.store, log.slice(0, 40));
    await lake.export(shop.store);
    await writeLog(shop.store, log.slice(40, 80));
    await lake.export(shop.store);
    const first = async () => (await listSnapshots(lake.catalog(), 'events')).at(-1)!.id;
    await rollbackTable(lake.catalog(), 'events', await first());
    expect(wrong(await census()).map(({ dataset }) => dataset)).toEqual(['events']);
    await lake.export(shop.store);
    expect(wrong(await census())).toEqual([]);

    const exporter = await lake.exporter(shop.store, { limits: { ageMs: 50 } });
    const stop = new AbortController();
    const following = exporter.follow(stop.signal);
    await delay(200);
    await rollbackTable(lake.catalog(), 'events', await first());
    await writeLog(shop.store, log.slice(80));
    await expect(following).rejects.toThrow('rolled back to cut 1');
    await exporter.close();
    await lake.export(shop.store);
    expect(wrong(await census())).toEqual([]);
  });
});
