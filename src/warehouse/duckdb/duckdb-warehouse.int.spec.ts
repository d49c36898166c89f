import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { eventLog } from '../../../test/support/events';
import { TestLake } from '../../../test/support/warehouse/lake';
import {
  createTestWarehouse,
  rowsIn,
  type TestWarehouse,
  tableHashes,
} from '../../../test/support/warehouse/warehouse';
import type { LakeFile } from '../load/lake-files';
import { duckDbTarget } from './duckdb-target';
import { initWarehouse, loadWarehouse, openPublished, warehouseFile } from './duckdb-warehouse';
import { openDatabase } from './open';

const COUNT = 'SELECT count(*) AS n FROM fact_orders';

describe('the local warehouse', () => {
  let lake: TestLake;
  let warehouse: TestWarehouse;
  const log = eventLog();
  for (let n = 0; n < 6; n++) log.place({ customerId: `c${n}`, lines: [{}, { productId: 'p9' }] });
  log.return('o2');
  log.cancel('o3');
  const { events } = log;

  beforeEach(async () => {
    lake = await TestLake.create();
    warehouse = await createTestWarehouse();
  });
  afterEach(async () => {
    await lake.remove();
    await warehouse.remove();
  });

  const settings = { reportingCurrency: 'GBP', timeZone: 'UTC' };
  const addFirst = () => lake.addEvents(events.slice(0, 4));
  const addRest = () => lake.addEvents(events.slice(4), settings);
  const names = async () => (await readdir(warehouse.folder)).sort();

  it('is made without rows by init, and left alone by another', async () => {
    expect(await initWarehouse(warehouse)).toBe(true);
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '0' }]);
    expect(await rowsIn(warehouse, 'SELECT customer_key, name FROM dim_customer')).toEqual([
      { customer_key: 'guest', name: 'Guest' },
    ]);
    expect(await initWarehouse(warehouse)).toBe(false);
  });

  it('says what a load brought, and takes only new files with the next', async () => {
    await addFirst();
    const first = await loadWarehouse(warehouse, lake);
    expect(first).toMatchObject({ files: 4, through: events[3]?.position });
    expect(first.written).toMatchObject({
      stg_order_lines: 6,
      fact_orders: 6,
      dim_date: 366,
      load_ledger: 4,
    });
    await addRest();
    const second = await loadWarehouse(warehouse, lake);
    expect(second).toMatchObject({ through: events.at(-1)?.position });
    expect(second.written).toMatchObject({ stg_order_lines: 6, stg_returns: 2, fact_returns: 2 });
    expect(second.written).not.toHaveProperty('dim_date');
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '12' }]);
    expect(await names()).toEqual(['warehouse.duckdb', 'warehouse.duckdb.lock']);
  });

  it('does not touch the file without new files', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const before = await readFile(warehouseFile(warehouse));
    const steps: string[] = [];
    const result = await loadWarehouse(warehouse, lake, { onProgress: ({ name }) => steps.push(name) });
    expect(result).toEqual({ files: 0, rows: 0, written: {}, through: events[3]?.position });
    expect(steps).toEqual([]);
    expect((await readFile(warehouseFile(warehouse))).equals(before)).toBe(true);
  });

  it('takes a compacted file for what it is: the same rows again', async () => {
    await addFirst();
    await addRest();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    lake.retire('order_lines');
    lake.retire('orders');
    await lake.addEvents(events);
    const { written } = await loadWarehouse(warehouse, lake);
    expect(written).toMatchObject({ stg_order_lines: 0, stg_orders: 0, dim_customer: 0, dim_product: 0 });
    expect(written).toMatchObject({ fact_orders: 0, fact_returns: 0 });
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('forgets files that are not live any more, and takes them again when a rollback brings them back', async () => {
    await addFirst();
    const old = lake.only((files) => [...files]);
    await loadWarehouse(warehouse, lake);
    lake.retire('orders');
    await addRest();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    const keys = await rowsIn(warehouse, 'SELECT file_key FROM load_ledger');
    expect(keys.map(({ file_key: key }) => key).sort()).toEqual(
      lake
        .all()
        .map(([, { key }]) => key)
        .sort(),
    );
    expect(await loadWarehouse(warehouse, old)).toMatchObject({ files: 1, written: { stg_orders: 0 } });
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('takes no file of another lake, whose keys may be the same, until it is made anew', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    const other = await TestLake.create('lake-2');
    try {
      await other.addEvents(events);
      const refusal = /filled from another lake \(lake-1\) .* LAKE_URL \(lake-2\).* init --rebuild/;
      await expect(loadWarehouse(warehouse, other)).rejects.toThrow(refusal);
      expect(await tableHashes(warehouse)).toEqual(before);
      await duckDbTarget(warehouse).init({ rebuild: true });
      await loadWarehouse(warehouse, other);
      expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '12' }]);
    } finally {
      await other.remove();
    }
  });

  it('does not keep a reader waiting, who goes on seeing what was there', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const reader = await openPublished(warehouseFile(warehouse), warehouse);
    try {
      await addRest();
      await loadWarehouse(warehouse, lake);
      const seen = await reader.connection.runAndReadAll('SELECT count(*)::INTEGER FROM fact_orders');
      expect(seen.getRowsJson()).toEqual([[6]]);
      expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '12' }]);
    } finally {
      reader.close();
    }
  });

  it('is loaded by one at a time', async () => {
    await addFirst();
    const [first, second] = await Promise.allSettled([
      loadWarehouse(warehouse, lake),
      loadWarehouse(warehouse, lake),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({
      reason: { name: 'WarehouseError', message: expect.stringContaining('being loaded by this process') },
    });
  });

  it('names the process that is loading it', async () => {
    const holder = spawn(process.execPath, [
      '-e',
      `require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then(() => { console.log('locked'); setInterval(() => {}, 1000); })`,
      `${warehouseFile(warehouse)}.lock`,
    ]);
    try {
      await once(holder.stdout, 'data');
      await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(`being loaded by process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    await expect(loadWarehouse(warehouse, lake)).resolves.toMatchObject({ files: 0 });
  });

  it('stays as it was when a file has fewer rows than its table says', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    await addRest();
    const wrong = {
      identity: () => lake.identity(),
      through: () => lake.through(),
      async *files(dataset: string): AsyncIterable<LakeFile> {
        for await (const file of lake.files(dataset))
          yield dataset === 'orders' ? { ...file, rows: file.rows + 1 } : file;
      },
    };
    await expect(loadWarehouse(warehouse, wrong)).rejects.toThrow(
      /orders: orders\/data\/.*parquet holds 4 rows, .* says 5/,
    );
    expect(await names()).toEqual(['warehouse.duckdb', 'warehouse.duckdb.lock']);
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('stays as it was when a load is given up', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    await addRest();
    const abort = new AbortController();
    const onProgress = ({ name }: { name: string }) => {
      if (name === 'fill fact_orders') abort.abort(new Error('enough'));
    };
    await expect(loadWarehouse(warehouse, lake, { onProgress, signal: abort.signal })).rejects.toThrow(
      'enough',
    );
    expect(await names()).toEqual(['warehouse.duckdb', 'warehouse.duckdb.lock']);
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('is built anew from the lake when it is of another model', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    const before = await tableHashes(warehouse);
    const database = await openDatabase(warehouseFile(warehouse), 'READ_WRITE', warehouse);
    await database.connection.run(`UPDATE warehouse_model SET digest = 'older'; DELETE FROM fact_orders`);
    database.close();
    await loadWarehouse(warehouse, lake);
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('says what is wrong with a file that is no warehouse', async () => {
    await writeFile(warehouseFile(warehouse), 'no database');
    await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(
      /cannot be opened.*remove it and load again/s,
    );
  });

  it('marks the holidays that are configured now', async () => {
    await addFirst();
    const marked = 'SELECT date, holiday_name FROM dim_date WHERE is_holiday';
    await loadWarehouse(warehouse, lake, { holidays: [{ day: '12-25', name: 'Christmas Day' }] });
    expect(await rowsIn(warehouse, marked)).toEqual([{ date: '2024-12-25', holiday_name: 'Christmas Day' }]);
    await addRest();
    await loadWarehouse(warehouse, lake, { holidays: [{ day: '2024-05-01', name: "Workers' Day" }] });
    expect(await rowsIn(warehouse, marked)).toEqual([{ date: '2024-05-01', holiday_name: "Workers' Day" }]);
  });

  it('takes holidays without new files, and leaves them as they are in a load that is given none', async () => {
    await addFirst();
    const marked = 'SELECT date FROM dim_date WHERE is_holiday';
    await loadWarehouse(warehouse, lake);
    const { files, through } = await loadWarehouse(warehouse, lake, {
      holidays: [{ day: '12-25', name: 'Christmas Day' }],
    });
    expect({ files, through }).toEqual({ files: 0, through: await lake.through() });
    await addRest();
    await loadWarehouse(warehouse, lake);
    expect(await rowsIn(warehouse, marked)).toContainEqual({ date: '2024-12-25' });
    await loadWarehouse(warehouse, lake, { holidays: [] });
    expect(await rowsIn(warehouse, marked)).toEqual([]);
  });
});
