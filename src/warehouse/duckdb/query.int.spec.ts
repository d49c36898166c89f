import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Json } from '@duckdb/node-api';
import { eventLog } from '../../../test/support/events';
import { createTestShop, type TestShop } from '../../../test/support/warehouse/shop';
import { createTestWarehouse, type TestWarehouse } from '../../../test/support/warehouse/warehouse';
import { exportQuery, type QueryResult, queryWarehouse } from './query';

const REVENUE = 'SELECT category, net, orders FROM category_revenue ORDER BY category';

describe('a query of the local warehouse', () => {
  let shop: TestShop;
  let warehouse: TestWarehouse;

  beforeAll(async () => {
    const log = eventLog();
    log.place({ lines: [{ price: 123_456, quantity: 3, discount: 1 }, { category: 'Toys; "wood"' }] });
    shop = await createTestShop(log.events);
    ({ warehouse } = shop);
  });
  afterAll(() => shop.remove());

  const read = async ({ columns, rows }: QueryResult) => {
    const found: Json[][] = [];
    for await (const chunk of rows) found.push(...chunk);
    return { columns, rows: found };
  };

  it('answers with columns, their types, and money that is exact', async () => {
    expect(await queryWarehouse(warehouse, REVENUE, read)).toEqual({
      columns: [
        { name: 'category', type: 'VARCHAR', isNumber: false },
        { name: 'net', type: 'DECIMAL(38,4)', isNumber: true, scale: 4 },
        { name: 'orders', type: 'BIGINT', isNumber: true },
      ],
      rows: [
        ['Books', '3703.6700', '1'],
        ['Toys; "wood"', '10.0000', '1'],
      ],
    });
  });

  it('hands out rows while it runs', async () => {
    const first = await queryWarehouse(warehouse, 'SELECT range FROM range(10000000)', async ({ rows }) => {
      for await (const [row] of rows) return row;
    });
    expect(first).toEqual(['0']);
  });

  it('may be described and explained', async () => {
    const described = await queryWarehouse(warehouse, 'DESCRIBE rfm', read);
    expect(described.rows.map(([name]) => name)).toContain('segment');
    const explained = await queryWarehouse(warehouse, `EXPLAIN ${REVENUE}`, read);
    expect(explained.rows).toHaveLength(1);
  });

  it.each([
    ['DELETE FROM fact_orders', 'this is DELETE'],
    ["COPY fact_orders TO '/tmp/tidemark-never.csv'", 'this is COPY'],
    ["ATTACH ':memory:' AS other", 'this is ATTACH'],
    ['SELECT 1; SELECT 2', '2 statements'],
    [' -- nothing', 'There is no query'],
    ['SELEC 1', 'syntax error'],
  ])('is nothing else: %s', async (sql, message) => {
    await expect(queryWarehouse(warehouse, sql, read)).rejects.toThrow(message);
    const file = path.join(warehouse.folder, 'refused.csv');
    await expect(exportQuery(warehouse, sql, { path: file, format: 'csv' })).rejects.toThrow(message);
  });

  it('is written to a file, whole', async () => {
    const csv = path.join(warehouse.folder, 'out.csv');
    expect(await exportQuery(warehouse, `${REVENUE} -- by name`, { path: csv, format: 'csv' })).toBe(2);
    expect(await readFile(csv, 'utf8')).toBe(
      'category,net,orders\nBooks,3703.6700,1\n"Toys; ""wood""",10.0000,1\n',
    );
    const json = path.join(warehouse.folder, 'out.json');
    await exportQuery(warehouse, `${REVENUE};`, { path: json, format: 'json' });
    expect(JSON.parse(await readFile(json, 'utf8'))).toHaveLength(2);
    const parquet = path.join(warehouse.folder, 'out.parquet');
    await exportQuery(warehouse, REVENUE, { path: parquet, format: 'parquet' });
    const back = await queryWarehouse(warehouse, `SELECT * FROM read_parquet('${parquet}')`, read);
    expect(back.rows).toEqual((await queryWarehouse(warehouse, REVENUE, read)).rows);
  });

  it('is not written over the file that a link leads to', async () => {
    const victim = path.join(warehouse.folder, 'victim');
    await writeFile(victim, 'precious');
    const file = path.join(warehouse.folder, 'linked.csv');
    for (const guess of [file, `${file}.part`]) await symlink(victim, guess);
    await exportQuery(warehouse, REVENUE, { path: file, format: 'csv' });
    expect(await readFile(victim, 'utf8')).toBe('precious');
    expect(await readFile(file, 'utf8')).toContain('Books');
  });

  it('leaves no half of a file when it fails on the way', async () => {
    const file = path.join(warehouse.folder, 'half.csv');
    const fails =
      'SELECT CAST(CASE WHEN range < 500000 THEN range::VARCHAR ELSE $$x$$ END AS INTEGER) FROM range(1000000)';
    await expect(exportQuery(warehouse, fails, { path: file, format: 'csv' })).rejects.toThrow(
      'Could not convert',
    );
    expect((await readdir(warehouse.folder)).filter((name) => name.startsWith('half'))).toEqual([]);
  });

  it('says how to make a warehouse where there is none', async () => {
    const empty = await createTestWarehouse();
    await expect(queryWarehouse(empty, REVENUE, read)).rejects.toThrow('tidemark warehouse load');
    await empty.remove();
  });
});
