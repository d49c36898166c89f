import fs, { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventLog } from '../../../test/support/events';
import { createTestShop, type TestShop } from '../../../test/support/warehouse/shop';
import { rowsIn, type TestWarehouse } from '../../../test/support/warehouse/warehouse';
import { WarehouseError } from '../errors';
import { starTables, views } from '../model/catalogue';
import { modelTables } from '../powerbi/tables';
import { duckDbDialect } from '../sql/duckdb.dialect';
import { exportTables } from './export-tables';

const everything = [...starTables, ...views];

describe('an export of the local warehouse', () => {
  let shop: TestShop;
  let warehouse: TestWarehouse;
  let folder: string;

  beforeAll(async () => {
    const log = eventLog();
    log.place({ lines: [{ price: 123_456, quantity: 3, discount: 1 }, { category: 'Toys' }] });
    shop = await createTestShop(log.events);
    ({ warehouse } = shop);
  });
  afterAll(() => shop.remove());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(warehouse.folder, "it's an export-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const parquet = (name: string) => duckDbDialect.literal(path.join(folder, `${name}.parquet`));

  it('is one Parquet file for each table of the star and each view, with its rows', async () => {
    const rows = await exportTables(warehouse, folder);
    expect(Object.keys(rows)).toEqual(everything.map(({ name }) => name));
    expect((await readdir(folder)).sort()).toEqual(everything.map(({ name }) => `${name}.parquet`).sort());
    expect(rows).toMatchObject({ fact_orders: 2, dim_date: 366, fact_returns: 0 });
    for (const { name } of everything) {
      const differences = await rowsIn(
        warehouse,
        `(SELECT * FROM ${name} EXCEPT ALL SELECT * FROM ${parquet(name)})
          UNION ALL (SELECT * FROM ${parquet(name)} EXCEPT ALL SELECT * FROM ${name})`,
      );
      expect(differences).toEqual([]);
      const [{ count } = {}] = await rowsIn(warehouse, `SELECT count(*) AS count FROM ${parquet(name)}`);
      expect(count).toBe(String(rows[name]));
    }
  });

  it('has every column that the Power BI model reads', async () => {
    await exportTables(warehouse, folder);
    for (const { source, columns } of modelTables) {
      if (source.kind === 'values') continue;
      const found = await rowsIn(warehouse, `SELECT name FROM parquet_schema(${parquet(source.of.name)})`);
      const names = new Set(found.map(({ name }) => name));
      expect(columns.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
    }
  });

  it('replaces the one before', async () => {
    await writeFile(path.join(folder, 'fact_orders.parquet'), 'old');
    await exportTables(warehouse, folder);
    const [{ net } = {}] = await rowsIn(
      warehouse,
      `SELECT sum(net_amount) AS net FROM ${parquet('fact_orders')}`,
    );
    expect(net).toBe('3713.6700');
  });

  const OLD = 'of the export before';
  const addOld = async () => {
    for (const { name } of everything) await writeFile(path.join(folder, `${name}.parquet`), OLD);
  };
  /** Counts the files in the folder, of the earlier export and of this one. */
  async function found() {
    const counts = { old: 0, new: 0 };
    for (const entry of await readdir(folder)) {
      if (!entry.endsWith('.parquet')) continue;
      counts[(await readFile(path.join(folder, entry), 'latin1')) === OLD ? 'old' : 'new'] += 1;
    }
    return counts;
  }

  it('never stands beside files of another one, wherever it is cut', async () => {
    await addOld();
    const seen: { old: number; new: number }[] = [];
    const { rename } = fs;
    const spy = jest.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
      seen.push(await found());
      await rename(from, to);
    });
    await exportTables(warehouse, folder);
    spy.mockRestore();
    expect(seen).toHaveLength(2 * everything.length);
    expect(seen.filter((there) => there.old > 0 && there.new > 0)).toEqual([]);
    expect(await found()).toEqual({ old: 0, new: everything.length });
  });

  it('puts the files of the one before back when one of them cannot be replaced', async () => {
    await addOld();
    const { rename } = fs;
    let moves = 0;
    const spy = jest.spyOn(fs, 'rename').mockImplementation(async (from, to) => {
      moves += 1;
      if (moves === everything.length + 3) throw new Error('somebody has it open');
      await rename(from, to);
    });
    await expect(exportTables(warehouse, folder)).rejects.toThrow('somebody has it open');
    spy.mockRestore();
    expect(await found()).toEqual({ old: everything.length, new: 0 });
    expect((await readdir(folder)).filter((name) => !name.endsWith('.parquet'))).toEqual([]);
  });

  it('clears away what one that was killed left', async () => {
    await mkdir(path.join(folder, '.unfinished/new/rfm.parquet'), { recursive: true });
    await exportTables(warehouse, folder);
    expect(await readdir(folder)).toHaveLength(everything.length);
  });

  it('takes no folder away that has the name of a file', async () => {
    await mkdir(path.join(folder, 'rfm.parquet/in the way'), { recursive: true });
    await expect(exportTables(warehouse, folder)).rejects.toThrow('rfm.parquet is in the way: a folder');
    expect(await readdir(folder)).toEqual(['rfm.parquet']);
  });

  it('says that there is no warehouse yet, and makes no folder', async () => {
    const nowhere = { folder: path.join(folder, 'none') };
    await expect(exportTables(nowhere, path.join(folder, 'export'))).rejects.toThrow(WarehouseError);
    expect(await readdir(folder)).toEqual([]);
  });
});
