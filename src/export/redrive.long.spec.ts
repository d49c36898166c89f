import pino from 'pino';
import type { LogAppend } from '../../bench/support/order-log';
import { wrong } from '../../test/support/lake/census';
import { useExportedShop } from '../../test/support/lake/exported-shop';
import { tooLarge } from '../../test/support/lake/refused-orders';
import { refusing } from '../../test/support/lake/refusing';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import { keepTrying, OvertakenError } from '../concurrency/keep-trying';
import { orderLines } from '../lake/datasets/order-lines.dataset';
import { exportStatus } from '../lake/status';
import { rollbackTable } from '../lake/tables/rollback';
import { listSnapshots } from '../lake/tables/snapshots';
import type { RedriveResult } from './redrive';
import { openBadRows } from './redrive';

const on = useExportedShop();

async function rowsOf(name: string): Promise<number | undefined> {
  const status = await exportStatus(on.shop.store, on.lake.catalog());
  return status.find(({ dataset }) => dataset === name)?.rows;
}

async function redrive(): Promise<RedriveResult> {
  const exporter = await on.lake.exporter(on.shop.store);
  try {
    return await exporter.redrive(new AbortController().signal);
  } finally {
    await exporter.close();
  }
}

/** Exports a log while `order_lines` refuses every order by mistake. */
async function exportMistaken(log: Iterable<LogAppend>): Promise<void> {
  await writeLog(on.shop.store, log);
  const mend = refusing(orderLines);
  await on.lake.export(on.shop.store);
  mend();
}

describe('an event that does not fit a dataset', () => {
  it('is a bad row with its reason, is where it fits, and is refused again meanwhile', async () => {
    await writeLog(on.shop.store, mixedLog(5));
    const { stream, event } = tooLarge('huge');
    await on.shop.store.append(stream, 'noStream', [event]);
    await on.lake.export(on.shop.store);
    expect(await rowsOf('bad_rows')).toBe(2);
    const { redriven, stillRefused, refused } = await redrive();
    expect({ redriven, stillRefused }).toEqual({ redriven: 0, stillRefused: 2 });
    expect(refused.map(({ dataset }) => dataset)).toEqual(['order_lines', 'orders']);
    expect(refused[0]).toMatchObject({ stream, revision: 0, reason: expect.stringContaining('too large') });
  });

  it('gets its rows when it fits at last, once', async () => {
    await exportMistaken(mixedLog(5));
    expect([await rowsOf('order_lines'), await rowsOf('bad_rows')]).toEqual([0, 5]);
    expect(await redrive()).toEqual({ redriven: 5, stillRefused: 0, refused: [] });
    expect(await redrive()).toEqual({ redriven: 0, stillRefused: 0, refused: [] });
    expect(wrong(await on.census())).toEqual([]);
  });

  it('is not tried again because the bad rows were rolled back, and lack that it fits', async () => {
    await exportMistaken(mixedLog(5));
    await redrive();
    const first = (await listSnapshots(on.lake.catalog(), 'bad_rows')).at(-1)!;
    await rollbackTable(on.lake.catalog(), 'bad_rows', first.id);
    const lookup = openBadRows(on.lake.catalog(), orderLines, { after: '', workFolder: on.lake.folder });
    await expect(lookup).rejects.toThrow(OvertakenError);
    expect(await redrive()).toMatchObject({ redriven: 0, stillRefused: 0 });
    expect(wrong(await on.census())).toEqual([]);
  });

  it('is refused also where its row is made, and a column does not take it', async () => {
    await exportMistaken(mixedLog(5));
    const fraction = { fits: () => 'FALSE', reason: () => `'1.5'` };
    jest.replaceProperty(
      orderLines,
      'columns',
      orderLines.columns.map((column) =>
        column.name === 'quantity' ? { ...column, value: { ...column.value, typed: [fraction] } } : column,
      ),
    );
    const { redriven, stillRefused, refused } = await redrive();
    expect({ redriven, stillRefused }).toEqual({ redriven: 0, stillRefused: 5 });
    expect(refused[0]?.reason).toBe('quantity is no int: 1.5');
    jest.restoreAllMocks();
    expect(await redrive()).toMatchObject({ redriven: 5, stillRefused: 0 });
    expect(wrong(await on.census())).toEqual([]);
  });
});

describe('many events that do not fit a dataset', () => {
  it('are tried once each, a thousand at a time; the first thousand refusals are told', async () => {
    await exportMistaken(mixedLog(2_200));
    refusing(orderLines, 'position::BIGINT % 3 = 0');
    const refusedBefore = (await rowsOf('bad_rows')) ?? 0;
    const tried = jest.spyOn(on.shop.store, 'readStream');
    const { redriven, stillRefused, refused } = await redrive();
    expect(redriven + stillRefused).toBe(refusedBefore);
    expect(stillRefused).toBeGreaterThan(1_000);
    expect(refused).toHaveLength(1_000);
    expect(redriven).toBeGreaterThan(0);
    expect(tried.mock.calls.filter(([stream]) => stream.startsWith('order-'))).toHaveLength(refusedBefore);
  });

  it('get their rows once, however many try at once beside an exporter that goes on', async () => {
    const log = [...mixedLog(90)];
    await exportMistaken(log.slice(0, 250));
    const following = new AbortController();
    const work = async () => {
      const exporter = await on.lake.exporter(on.shop.store, { limits: { ageMs: 1 } });
      await exporter.follow(following.signal).finally(() => exporter.close());
    };
    const running = keepTrying(following.signal, work, {
      logger: pino({ level: 'silent' }),
      failed: '',
      overtaken: '',
    });
    const [results] = await Promise.all([
      Promise.all([redrive(), redrive()]),
      writeLog(on.shop.store, log.slice(250)),
    ]);
    expect(results.map(({ stillRefused }) => stillRefused)).toEqual([0, 0]);
    following.abort();
    await running;
    await on.lake.export(on.shop.store);
    expect(wrong(await on.census())).toEqual([]);
  });
});
