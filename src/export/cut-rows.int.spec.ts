import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventLog } from '../../test/support/events';
import { mixedLog } from '../../test/support/mixed-log';
import { DAY_MS } from '../domain/calendar';
import type { RecordedEvent } from '../event-store/event';
import { badRows } from '../lake/datasets/bad-rows.dataset';
import { eventDatasets } from '../lake/datasets/catalogue';
import { ParquetWriter } from '../lake/parquet/parquet-writer';
import { CutRows } from './cut-rows';
import { DEFAULT_LIMITS, isFull } from './gather';

const ORDERS = 60;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-cut-rows-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A log with orders that do not fit: some have an unknown currency, some no lines. */
function log(): RecordedEvent[] {
  return [...mixedLog(ORDERS)].map(({ stream, event }, index) => {
    const data = event.data as object;
    const isBad = event.type === 'OrderPlaced' && index % 5 === 0;
    const spoilt = index % 2 === 0 ? { ...data, currency: 'XXQ' } : { ...data, lines: undefined };
    return {
      ...event,
      data: isBad ? spoilt : data,
      stream,
      revision: 0,
      position: String(index + 1).padStart(19, '0'),
      recordedAt: event.occurredAt,
    } as RecordedEvent;
  });
}

/** The files that are made of the rows, in base 64, by name. */
async function filesOf(rows: CutRows, name: string): Promise<Record<string, string>> {
  const writer = await ParquetWriter.open({ temporaryFolder: join(folder, 'temporary') });
  const files: Record<string, string> = {};
  try {
    for (const buffer of rows.filled()) {
      for (const { path, partitionFolder } of await writer.write(
        buffer,
        join(folder, name, buffer.dataset.name),
      ))
        files[`${buffer.dataset.name}/${partitionFolder}`] = await readFile(path, 'base64');
    }
  } finally {
    await writer.close();
  }
  return files;
}

describe('the rows of a cut', () => {
  it('make the same files however the log was divided into batches, with bad rows among them', async () => {
    const events = log();
    const whole = new CutRows(eventDatasets, undefined);
    whole.add(events);
    const expected = await filesOf(whole, 'whole');
    expect(Object.keys(expected).filter((file) => file.startsWith(badRows.name))).not.toEqual([]);
    for (const size of [1, 7]) {
      const divided = new CutRows(eventDatasets, undefined);
      for (let from = 0; from < events.length; from += size) divided.add(events.slice(from, from + size));
      expect(divided.rows).toBe(whole.rows);
      expect(divided.bytes).toBe(whole.bytes);
      expect(await filesOf(divided, `of-${size}`)).toEqual(expected);
    }
  });

  it('lack those of an event that does not fit in that dataset alone', () => {
    const rows = new CutRows(eventDatasets, undefined);
    const events = log();
    rows.add(events);
    const counts = Object.fromEntries(
      [...rows.filled()].map(({ dataset, rows: count }) => [dataset.name, count]),
    );
    expect(counts.events).toBe(events.length);
    const bad = events.filter(({ type }, index) => type === 'OrderPlaced' && index % 5 === 0);
    expect(bad.length).toBeGreaterThan(3);
    // Both order_lines and orders refuse each of them.
    expect(counts.bad_rows).toBe(2 * bad.length);
  });

  it('of 20,000 orders on 20,000 days are some two thousand files, not one a day', () => {
    const shop = eventLog();
    for (let day = 0; day < 20_000; day++) shop.place({ at: day * DAY_MS });
    const rows = new CutRows(eventDatasets, undefined);
    rows.add(shop.events);
    const files = [...rows.filled()].map(({ partitions }) => partitions.length);
    expect(rows.rows).toBe(60_002);
    // 658 months in each of three tables, and the settings.
    expect(files.reduce((sum, count) => sum + count)).toBe(3 * 658 + 2);
  });

  it('are enough for a cut when they are of very many partitions, however few they are', () => {
    const rows = new CutRows(eventDatasets, undefined);
    const months = 12 * 50;
    let count = 0;
    while (!isFull(rows, DEFAULT_LIMITS)) {
      const occurredAt = Date.UTC(1970, count % months, 1);
      const type = `Type${Math.floor(count / months)}` as never;
      const data = {} as never;
      rows.add([{ ...(eventLog().events[0] as RecordedEvent), type, data, occurredAt }]);
      count += 1;
    }
    const [buffer] = rows.filled();
    expect(buffer?.partitions.length).toBe(count);
    expect(count).toBeLessThan(5_000);
  });
});
