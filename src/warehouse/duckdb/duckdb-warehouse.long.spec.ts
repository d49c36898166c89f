import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventLog } from '../../../test/support/events';
import { TestLake } from '../../../test/support/warehouse/lake';
import { createTestShop, type TestShop } from '../../../test/support/warehouse/shop';
import { rowsIn, type TestWarehouse, tableHashes } from '../../../test/support/warehouse/warehouse';
import type { RecordedEvent } from '../../event-store/event';
import { WarehouseError } from '../errors';
import type { LakeFile } from '../lake-files';
import { duckDbTarget } from './duckdb-target';
import { initWarehouse, loadWarehouse } from './duckdb-warehouse';
import { openDatabase } from './open';
import { openPublished, warehouseFile } from './published';

const COUNT = 'SELECT count(*) AS n FROM fact_orders';

/** Runs `work` while another process has a database open for writing. */
async function whileOpenElsewhere(
  file: string,
  work: (pid: number | undefined) => Promise<void>,
): Promise<void> {
  const holder = spawn(process.execPath, [
    '-e',
    `require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then((open) => { console.log('open'); setInterval(() => open, 1000); })`,
    file,
  ]);
  try {
    await once(holder.stdout, 'data');
    await work(holder.pid);
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
}

describe('the local warehouse', () => {
  let shop: TestShop;
  let lake: TestLake;
  let warehouse: TestWarehouse;
  const log = eventLog();
  for (let n = 0; n < 6; n++) log.place({ customerId: `c${n}`, lines: [{}, { productId: 'p9' }] });
  log.return('o2');
  log.cancel('o3');
  const { events } = log;

  beforeEach(async () => {
    shop = await createTestShop();
    ({ lake, warehouse } = shop);
  });
  afterEach(() => shop.remove());

  const settings = { reportingCurrency: 'GBP', timeZone: 'UTC' };
  const addFirst = () => lake.addEvents(events.slice(0, 4));
  const addRest = () => lake.addEvents(events.slice(4), settings);
  const names = async () => (await readdir(warehouse.folder)).sort();
  const target = (onWarning: (warning: string) => void = () => {}) =>
    duckDbTarget({ ...warehouse, onWarning });
  const write = async (sql: string) => {
    const { connection, close } = await openDatabase(warehouseFile(warehouse), 'READ_WRITE', warehouse);
    await connection.run(sql);
    close();
  };

  it('is made without rows by init, and left alone by another', async () => {
    expect(await initWarehouse(warehouse)).toBe('made');
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '0' }]);
    expect(await rowsIn(warehouse, 'SELECT customer_key, name FROM dim_customer')).toEqual([
      { customer_key: 'guest', name: 'Guest' },
    ]);
    expect(await initWarehouse(warehouse)).toBe('kept');
  });

  it('keeps its rows in init when it is of another model, until a load has built its successor', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    await write("UPDATE warehouse_model SET digest = 'older'");
    const warnings: string[] = [];
    await target((warning) => warnings.push(warning)).init({ rebuild: false });
    expect(warnings).toEqual([expect.stringContaining('the next load makes it anew')]);
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '6' }]);
    await loadWarehouse(warehouse, lake);
    expect(await initWarehouse(warehouse)).toBe('kept');
  });

  it('is made anew and empty by a rebuild, also where no warehouse stands', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    expect(await initWarehouse(warehouse, { rebuild: true })).toBe('made');
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '0' }]);
    await writeFile(warehouseFile(warehouse), 'no database');
    expect(await initWarehouse(warehouse, { rebuild: true })).toBe('made');
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '0' }]);
  });

  it('is left alone by a rebuild that is refused while a load runs', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    await addRest();
    let load: Promise<unknown> | undefined;
    await new Promise<unknown>((begun) => {
      load = loadWarehouse(warehouse, lake, { onProgress: begun });
    });
    await expect(target().init({ rebuild: true })).rejects.toThrow('being loaded by this process');
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '6' }]);
    await load;
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
      await target().init({ rebuild: true });
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
    const both = await Promise.allSettled([loadWarehouse(warehouse, lake), loadWarehouse(warehouse, lake)]);
    const refused = {
      name: 'WarehouseError',
      message: expect.stringContaining('being loaded by this process'),
    };
    expect(both).toContainEqual({
      status: 'fulfilled',
      value: expect.objectContaining({ files: expect.any(Number) }),
    });
    expect(both).toContainEqual({ status: 'rejected', reason: expect.objectContaining(refused) });
  });

  it('names the process that is loading it', async () => {
    await whileOpenElsewhere(`${warehouseFile(warehouse)}.lock`, async (pid) => {
      await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(`being loaded by process ${pid}`);
    });
    await expect(loadWarehouse(warehouse, lake)).resolves.toMatchObject({ files: 0 });
  });

  it('names the program that has it open for writing, and says nothing of removing it', async () => {
    await addFirst();
    await loadWarehouse(warehouse, lake);
    await whileOpenElsewhere(warehouseFile(warehouse), async (pid) => {
      const message = `${warehouseFile(warehouse)} is open for writing in process ${pid}; close it there and try again`;
      await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(new WarehouseError(message));
      await expect(openPublished(warehouseFile(warehouse), warehouse)).rejects.toThrow(message);
    });
    expect(await rowsIn(warehouse, COUNT)).toEqual([{ n: '6' }]);
  });

  it('replaces half a lock file, which a process that was killed may leave', async () => {
    await addFirst();
    await writeFile(`${warehouseFile(warehouse)}.lock`, 'half');
    expect(await loadWarehouse(warehouse, lake)).toMatchObject({ files: 4 });
    expect(await names()).toEqual(['warehouse.duckdb', 'warehouse.duckdb.lock']);
  });

  it.each([
    ['symbolic', symlink],
    ['hard', link],
  ])('does not write over what its lock is a %s link to', async (_, makeLink) => {
    const victim = path.join(warehouse.folder, 'victim');
    await writeFile(victim, 'precious');
    await makeLink(victim, `${warehouseFile(warehouse)}.lock`);
    await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(/\.lock cannot be locked: it is a link/);
    expect(await readFile(victim, 'utf8')).toBe('precious');
  });

  it('says why its lock cannot be taken when no other load has it', async () => {
    await mkdir(`${warehouseFile(warehouse)}.lock`);
    await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(/\.lock cannot be locked: .*directory/);
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
    await write(`UPDATE warehouse_model SET digest = 'older'; DELETE FROM fact_orders`);
    await loadWarehouse(warehouse, lake);
    expect(await tableHashes(warehouse)).toEqual(before);
  });

  it('says what is wrong with a file that is no warehouse', async () => {
    await writeFile(warehouseFile(warehouse), 'no database');
    await expect(loadWarehouse(warehouse, lake)).rejects.toThrow(
      /cannot be opened.*remove it and load again/s,
    );
  });

  describe('and holidays', () => {
    const christmas = { day: '12-25', name: 'Christmas Day' };
    const holidays = [christmas, { day: '2024-05-01', name: "Workers' Day" }];
    const marked = async () =>
      (await rowsIn(warehouse, 'SELECT date FROM dim_date WHERE is_holiday ORDER BY 1')).map(
        ({ date }) => date,
      );

    it('of every year are in each year that sales come to, whichever load brings it', async () => {
      const years = eventLog({ reportingCurrency: 'GBP', timeZone: 'UTC' });
      for (const year of [2025, 2027, 2024]) years.place({ at: Date.UTC(year, 5, 1) });
      const [settingsEvent, ...orders] = years.events as [RecordedEvent, ...RecordedEvent[]];
      for (const order of orders) {
        await lake.addEvents([settingsEvent, order]);
        await loadWarehouse(warehouse, lake, { holidays });
      }
      const days = ['2024-05-01', '2024-12-25', '2025-12-25', '2026-12-25', '2027-12-25'];
      expect(await marked()).toEqual(days);
      const inParts = await tableHashes(warehouse);
      await initWarehouse(warehouse, { rebuild: true });
      await loadWarehouse(warehouse, lake, { holidays });
      expect(await tableHashes(warehouse)).toEqual(inParts);
    });

    it('stay when a warehouse of another model is built anew', async () => {
      await addFirst();
      await loadWarehouse(warehouse, lake, { holidays });
      await write("UPDATE warehouse_model SET digest = 'older'");
      await loadWarehouse(warehouse, lake, { holidays });
      expect(await marked()).toEqual(['2024-05-01', '2024-12-25']);
    });

    it('are those of the last load, also of one without new files', async () => {
      await addFirst();
      await loadWarehouse(warehouse, lake, { holidays });
      const { files, through } = await loadWarehouse(warehouse, lake, { holidays: [christmas] });
      expect({ files, through }).toEqual({ files: 0, through: await lake.through() });
      expect(await marked()).toEqual(['2024-12-25']);
      await addRest();
      await loadWarehouse(warehouse, lake);
      expect(await marked()).toEqual([]);
    });

    it('that are the same touch nothing', async () => {
      await addFirst();
      await loadWarehouse(warehouse, lake, { holidays });
      const before = await readFile(warehouseFile(warehouse));
      expect(await loadWarehouse(warehouse, lake, { holidays })).toMatchObject({ files: 0, written: {} });
      expect((await readFile(warehouseFile(warehouse))).equals(before)).toBe(true);
    });
  });
});
