import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { append } from '../../bench/support/order-log';
import { useExportedShop } from '../../test/support/lake/exported-shop';
import { refusing } from '../../test/support/lake/refusing';
import { mixedLog, writeLog } from '../../test/support/mixed-log';
import type { EventTypes } from '../domain/events';
import { PostgresEventStore } from '../event-store/postgres/postgres.event-store';
import { UpcasterRegistry } from '../event-store/upcasters';
import { datasets, eventDatasets } from '../lake/datasets/catalogue';
import { nullable, string } from '../lake/datasets/columns';
import type { Dataset } from '../lake/datasets/dataset';
import { orderLines } from '../lake/datasets/order-lines.dataset';
import { returns } from '../lake/datasets/returns.dataset';
import { given } from '../lake/datasets/sql/envelope';
import type { MaintainedCatalog } from '../lake/iceberg/committer';
import { openObjectStore } from '../lake/object-store/open';
import { exportStatus } from '../lake/status';
import { lakeCommitter } from '../lake/tables/lake-committer';
import { liveFiles } from '../lake/tables/live-files';

const log = [...mixedLog(60)];
const PART = 60;
/** Fields of a ProductListed event. */
const LISTED = ['category', 'currency', 'name', 'price', 'productId'];

const on = useExportedShop();

async function statusOf(name: string) {
  const status = await exportStatus(on.shop.store, on.lake.catalog());
  return status.find(({ dataset }) => dataset === name)!;
}

async function redrive(): Promise<number> {
  const exporter = await on.lake.exporter(on.shop.store);
  const { redriven } = await exporter.redrive(new AbortController().signal);
  await exporter.close();
  return redriven;
}

/** Exports parts of the log, each as a cut. */
async function exportParts(...parts: number[]): Promise<void> {
  for (const part of parts) {
    await writeLog(on.shop.store, log.slice(part * PART, (part + 1) * PART));
    await on.lake.export(on.shop.store);
  }
}

/** Does some work as a version of the program that lacks a dataset. */
async function without(dataset: Dataset, work: () => Promise<void>): Promise<void> {
  const lists = [datasets, eventDatasets] as Dataset[][];
  const places = lists.map((list) => list.indexOf(dataset));
  for (const [n, list] of lists.entries()) list.splice(places[n]!, 1);
  try {
    await work();
  } finally {
    for (const [n, list] of lists.entries()) list.splice(places[n]!, 0, dataset);
  }
}

/** The values of some columns of a table, sorted. */
async function rowsOf(name: string, columns: string) {
  const paths: string[] = [];
  for await (const { path } of liveFiles(on.lake.catalog(), name))
    paths.push(`'${join(on.lake.folder, 'lake', path)}'`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    `SELECT ${columns} FROM read_parquet([${paths}]) ORDER BY ALL`,
  );
  instance.closeSync();
  return found.getRowObjectsJS();
}

/** A catalog that fails to commit to one table. */
function whereCommitsFail(failing: string): MaintainedCatalog {
  const { store, committer } = on.lake.catalog();
  return {
    store,
    committer: {
      load: (name) => committer.load(name),
      create: (name, metadata) => committer.create(name, metadata),
      commit: (base, updates) =>
        base.name === failing ? Promise.reject(new Error('power cut')) : committer.commit(base, updates),
    },
  };
}

describe('a dataset that is new in a lake', () => {
  it('gets what was exported before there was any, and is behind until then', async () => {
    await without(returns, () => exportParts(0, 1, 2));
    expect(await statusOf(returns.name)).toMatchObject({ position: '', rows: 0 });
    expect((await statusOf(returns.name)).lagEvents).toBeGreaterThan(0);
    await exportParts(3);
    expect(await on.wrongOnes()).toEqual([]);
    expect(await statusOf(returns.name)).toMatchObject({ lagEvents: 0 });
  });

  it('also gets what a version without it exports meanwhile', async () => {
    await without(returns, () => exportParts(0));
    await exportParts(1);
    await without(returns, async () => {
      await exportParts(2);
      expect(await statusOf('orders')).toMatchObject({ lagEvents: 0 });
    });
    expect((await statusOf(returns.name)).lagEvents).toBeGreaterThan(0);
    await exportParts(3);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('has bad rows of what it refuses of that, which fit later', async () => {
    await without(returns, () => exportParts(0, 1, 2));
    const mend = refusing(returns);
    await on.lake.export(on.shop.store);
    mend();
    const { rows } = await statusOf('bad_rows');
    expect(rows).toBeGreaterThan(0);
    expect(await redrive()).toBe(rows);
    expect(await on.wrongOnes()).toEqual([]);
  });
});

describe('a table that is gone, or not known to the catalog', () => {
  const refuseSomeAndRedrive = async () => {
    await exportParts(0);
    const mend = refusing(orderLines);
    await exportParts(1);
    mend();
    expect(await redrive()).toBeGreaterThan(0);
    await exportParts(2);
    expect(await on.wrongOnes()).toEqual([]);
  };

  it.each(['order_lines', 'bad_rows'])('is made anew with all that %s had', async (name) => {
    await refuseSomeAndRedrive();
    const { rows } = await statusOf(name);
    await rm(join(on.lake.folder, 'lake', name), { recursive: true });
    expect(await statusOf(name)).toMatchObject({ position: '' });
    await on.lake.export(on.shop.store);
    expect(await statusOf(name)).toMatchObject({ rows, lagEvents: 0 });
    expect(await on.wrongOnes()).toEqual([]);
    expect(await redrive()).toBe(0);
  });

  it('is filled where files of the cuts stand already', async () => {
    await refuseSomeAndRedrive();
    const tables = await openObjectStore({ url: join(on.lake.folder, 'tables') });
    const catalog = { store: on.lake.store, committer: lakeCommitter(tables) };
    await on.lake.export(on.shop.store, { catalog });
    expect(await on.wrongOnes(catalog)).toEqual([]);
    await tables.close();
  });
});

describe('a cut that another version of the program finishes', () => {
  it('has a bad row of what the first one refused, also where it fits now', async () => {
    const mend = refusing(orderLines);
    await writeLog(on.shop.store, log);
    const dying = on.lake.export(on.shop.store, { catalog: whereCommitsFail('bad_rows') });
    await expect(dying).rejects.toThrow('power cut');
    mend();
    await on.lake.export(on.shop.store);
    const { rows } = await statusOf('bad_rows');
    expect(rows).toBeGreaterThan(0);
    expect(await redrive()).toBe(rows);
    expect(await on.wrongOnes()).toEqual([]);
  });

  it('is of the files that this one makes, not of others that stand under the same cut', async () => {
    await writeLog(on.shop.store, log);
    const dying = on.lake.export(on.shop.store, { catalog: whereCommitsFail('order_lines') });
    await expect(dying).rejects.toThrow('power cut');
    const note = nullable(string(900, 'note', given("'new'"), 'of the spec'));
    jest.replaceProperty(orderLines, 'columns', [...orderLines.columns, note]);
    await on.lake.export(on.shop.store);
    const lines = await rowsOf(orderLines.name, 'note');
    expect(lines).toEqual(lines.map(() => ({ note: 'new' })));
    const live: string[] = [];
    let counted = 0;
    for await (const { path, fileSize, recordCount } of liveFiles(on.lake.catalog(), orderLines.name)) {
      expect((await on.lake.store.head(path))?.size).toBe(fileSize);
      counted += recordCount;
      live.push(path);
    }
    expect(counted).toBe(lines.length);
    const standing: string[] = [];
    for await (const { key } of on.lake.store.list('order_lines/data/')) standing.push(key);
    expect(standing).toHaveLength(2 * live.length);
    expect(live.length).toBeGreaterThan(0);
  });

  it('stops it with the event that it refuses now, and loses nothing', async () => {
    await writeLog(on.shop.store, log);
    const dying = on.lake.export(on.shop.store, { catalog: whereCommitsFail('order_lines') });
    await expect(dying).rejects.toThrow('power cut');
    const mend = refusing(orderLines);
    await expect(on.lake.export(on.shop.store)).rejects.toThrow(
      /^Cut 1 of the lake has rows of the event at \d+ in order_lines, .* refuses: a mistake of ours/,
    );
    mend();
    await on.lake.export(on.shop.store);
    expect(await on.wrongOnes()).toEqual([]);
    expect(await statusOf('bad_rows')).toMatchObject({ rows: 0 });
  });
});

describe('events of two schema versions', () => {
  it('are of one shape in the lake, and say which', async () => {
    const listed = (product: string, schemaVersion: number, data: object) => {
      const of = `product-${product}`;
      const { event } = append(
        of,
        0,
        'ProductListed',
        data as EventTypes['ProductListed'],
        Date.UTC(2024, 0, 1),
      );
      return on.shop.store.append(of, 'noStream', [
        { ...event, metadata: { ...event.metadata, schemaVersion } },
      ]);
    };
    const rest = { category: 'Books', price: '1.25', currency: 'EUR' };
    const [configured] = log;
    await writeLog(on.shop.store, [configured!]);
    await listed('old', 1, { productId: 'old', title: 'Old', ...rest });
    await listed('new', 2, { productId: 'new', name: 'New', ...rest });
    const upcasters = new UpcasterRegistry().register('ProductListed', 1, (data) => {
      const { title, ...others } = data as { title: string };
      return { ...others, name: title };
    });
    const { pool } = on.shop.database;
    const store = await PostgresEventStore.open({ pool, listener: on.shop.listener, upcasters });
    await on.lake.export(store);
    await store.close();
    expect(
      await rowsOf(
        'events',
        `stream, list_sort(json_keys(data)) AS keys, (metadata->>'schemaVersion')::int AS version`,
      ),
    ).toEqual([
      { stream: 'product-new', keys: LISTED, version: 2 },
      { stream: 'product-old', keys: LISTED, version: 2 },
      { stream: 'store', keys: ['reportingCurrency', 'timeZone'], version: 1 },
    ]);
    expect(await rowsOf('products', 'product_id, name')).toEqual([
      { product_id: 'new', name: 'New' },
      { product_id: 'old', name: 'Old' },
    ]);
    expect(await statusOf('bad_rows')).toMatchObject({ rows: 0 });
  });
});
