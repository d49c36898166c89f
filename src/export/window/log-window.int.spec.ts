import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventLog } from '../../../test/support/events';
import { mixedLog } from '../../../test/support/mixed-log';
import { DAY_MS } from '../../domain/calendar';
import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import { columnsOf } from '../../event-store/log-columns';
import type { Refusal } from '../../lake/cuts/cut';
import { badRows } from '../../lake/datasets/bad-rows.dataset';
import { datasets, eventDatasets } from '../../lake/datasets/catalogue';
import type { LogWindow } from './log-window';
import { Windows } from './windows';

const ORDERS = 60;
const SETTINGS: StoreConfigured = { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' };
const NEVER = new AbortController().signal;

let folder: string;
let windows: Windows;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-window-'));
  windows = await Windows.open(join(folder, 'duckdb'));
});
afterEach(async () => {
  windows.close();
  await rm(folder, { recursive: true, force: true });
});

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

/** Fills a window with events that come in batches of a size. @returns what the datasets refuse */
async function fill(window: LogWindow, events: readonly RecordedEvent[], size: number): Promise<Refusal[]> {
  async function* batches() {
    for (let from = 0; from < events.length; from += size)
      yield* columnsOf([events.slice(from, from + size)]);
  }
  const filled = await window.fill(batches());
  expect(filled).toEqual({
    events: events.length,
    through: events.at(-1)?.position,
    throughRecordedAt: events.at(-1)?.recordedAt,
  });
  const refused = await window.prepare(eventDatasets, { settings: SETTINGS }, NEVER);
  await window.setBad(refused);
  return refused;
}

/** The files that are made of a window: rows and content in base 64, by name. */
async function filesOf(window: LogWindow, name: string) {
  const files: Record<string, { rows: number; content: string }> = {};
  for (const dataset of datasets) {
    for (const { path, partitionFolder, recordCount: rows } of await window.write(
      dataset,
      join(folder, name, dataset.name),
      NEVER,
    ))
      files[`${dataset.name}/${partitionFolder}`] = { rows, content: await readFile(path, 'base64') };
  }
  return files;
}

describe('the rows of a window', () => {
  it('make the same files however the log came in batches, with bad rows among them', async () => {
    const events = log();
    const refused = await fill(windows.next(), events, events.length);
    const window = windows.next();
    await fill(window, events, events.length);
    const expected = await filesOf(window, 'whole');
    expect(Object.keys(expected).filter((file) => file.startsWith(badRows.name))).not.toEqual([]);
    for (const size of [1, 7]) {
      // What another window has, and what this one had before, makes no difference.
      expect(await fill(window, events, size)).toEqual(refused);
      expect(await filesOf(window, `of-${size}`)).toEqual(expected);
    }
  });

  it('lack those of an event that does not fit in that dataset alone', async () => {
    const events = log();
    const window = windows.next();
    const refused = await fill(window, events, events.length);
    const bad = events.filter(({ type }, index) => type === 'OrderPlaced' && index % 5 === 0);
    expect(bad.length).toBeGreaterThan(3);
    expect(refused).toEqual(
      bad.flatMap(({ position }) =>
        ['order_lines', 'orders'].map((dataset) => ({ dataset, position, reason: expect.any(String) })),
      ),
    );
    const counts: Record<string, number> = {};
    for (const [name, { rows }] of Object.entries(await filesOf(window, 'all'))) {
      const dataset = name.slice(0, name.indexOf('/'));
      counts[dataset] = (counts[dataset] ?? 0) + rows;
    }
    expect(counts).toMatchObject({ events: events.length, bad_rows: 2 * bad.length });
  });

  it('lack those that are left out, whether or not they fit, and tell no refusal of them', async () => {
    const events = log();
    const window = windows.next();
    const refused = await fill(window, events, events.length);
    const [fits] = events.filter(({ type }, index) => type === 'OrderPlaced' && index % 5 > 0);
    const leftOut = [...refused, { dataset: 'orders', position: fits?.position ?? '' }];
    const [before] = [await filesOf(window, 'before')];
    await window.fill(columnsOf([events]));
    expect(await window.prepare(eventDatasets, { settings: SETTINGS, leftOut }, NEVER)).toEqual([]);
    await window.setBad([]);
    const after = await filesOf(window, 'after');
    const rowsOf = (files: typeof after, dataset: string) =>
      Object.entries(files).reduce(
        (sum, [name, { rows }]) => sum + (name.startsWith(`${dataset}/`) ? rows : 0),
        0,
      );
    expect(rowsOf(after, 'orders')).toBe(rowsOf(before, 'orders') - 1);
    expect(rowsOf(after, 'order_lines')).toBe(rowsOf(before, 'order_lines'));
  });

  it('of 20,000 days are some two thousand files, not one a day', async () => {
    const shop = eventLog();
    for (let day = 0; day < 20_000; day += 7) shop.place({ at: day * DAY_MS });
    const window = windows.next();
    expect(await fill(window, shop.events, shop.events.length)).toEqual([]);
    // 658 months in each of three tables, and the settings.
    expect(Object.keys(await filesOf(window, 'many'))).toHaveLength(3 * 658 + 2);
  });
});
