import path from 'node:path';
import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../../test/support/snowflake/double';
import { movingShopInDuckDb, SnowflakeWarehouse } from '../../../test/support/snowflake/warehouse';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import { querySnowflake } from './query-snowflake';

let double: SnowflakeDouble;
let warehouse: SnowflakeWarehouse;

beforeEach(async () => {
  double = await startDouble();
  warehouse = await SnowflakeWarehouse.create(optionsFor(double));
  await warehouse.lake.addEvents(movingShop());
});
afterEach(async () => {
  await double.stop();
  await warehouse.remove();
});

const init = (how?: { rebuild: boolean }) => initSnowflake(warehouse.options(), how);
const load = () => loadSnowflake(warehouse.options(), warehouse.lake);
/** The same schema, from a machine that remembers nothing. */
const elsewhere = () => warehouse.options({ folder: path.join(warehouse.folder, 'other') });

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const before = double.statements.length;
  await work();
  return double.statements.slice(before);
}

describe('an init', () => {
  it('that this machine knows to be done asks nothing, before a load and after it', async () => {
    await init();
    const before = double.requests.length;
    await init();
    expect(double.requests.slice(before)).toEqual([]);
    await load();
    const loaded = double.requests.length;
    await init();
    await load();
    expect(double.requests.slice(loaded)).toEqual([]);
  });

  it('of a warehouse that is complete replaces nothing, so that grants and files of others stay', async () => {
    await init();
    double.before(/^COPY INTO load_orders/, async () => {
      const statements = await statementsOf(() => initSnowflake(elsewhere()));
      expect(statements.filter((sql) => /^(CREATE OR REPLACE|DROP|DELETE|UPDATE)/.test(sql))).toEqual([]);
      expect(statements.some((sql) => sql.startsWith('CREATE VIEW IF NOT EXISTS rfm'))).toBe(true);
    });
    await load();
    expect(await warehouse.everything()).toEqual(await movingShopInDuckDb());
  });

  it('that makes tables and views anew keeps the grants on them', async () => {
    await init();
    const statements = await statementsOf(() => init({ rebuild: true }));
    expect(statements.filter((sql) => sql.startsWith('DROP'))).toEqual([]);
    const replaced = statements.filter((sql) => /^CREATE OR REPLACE (TABLE|VIEW)/.test(sql));
    expect(replaced.length).toBeGreaterThan(20);
    expect(replaced.filter((sql) => !sql.includes(' COPY GRANTS'))).toEqual([]);
    expect(statements.filter((sql) => /^CREATE OR REPLACE (STAGE|FILE)/.test(sql))).toEqual([]);
  });

  it('looks again as soon as something turns out to be missing', async () => {
    await init();
    await load();
    await warehouse.rows('DROP VIEW rfm');
    const ask = () => querySnowflake(warehouse.options(), 'SELECT * FROM rfm', async () => 'answered');
    await expect(ask()).rejects.toMatchObject({ failure: 'object' });
    await init();
    expect(await ask()).toBe('answered');
  });

  it('makes the stage anew when the lake has moved, and only then', async () => {
    const bucket = (lakeRoot: string) => {
      const { snowflake } = warehouse.options();
      const stageAccess = { by: 'integration' as const, integration: 'LAKE' };
      return { ...elsewhere(), lakeRoot, snowflake: { ...snowflake, stageAccess } };
    };
    const stages = async (lakeRoot: string) =>
      (await statementsOf(() => initSnowflake(bucket(lakeRoot)))).filter((sql) => /\bSTAGE\b/.test(sql));
    await init();
    expect(await stages('s3://shop/lake')).toEqual([
      expect.stringMatching(
        /^CREATE OR REPLACE STAGE tidemark_lake URL = 's3:\/\/shop\/lake\/' STORAGE_INTEGRATION = LAKE FILE/,
      ),
    ]);
    expect(await stages('s3://shop/lake')).toEqual([]);
    expect(await stages('s3://shop/moved')).toHaveLength(1);
  });

  it.each([
    'UPDATE warehouse_model',
    'CREATE OR REPLACE TABLE stg_orders',
    'CREATE OR REPLACE TABLE fact_orders',
    'CREATE OR REPLACE TABLE load_ledger',
    'INSERT INTO dim_customer',
    'CREATE OR REPLACE TABLE warehouse_model',
  ])('--rebuild that is cut off at %s is done by the next one, and no row is lost', async (statement) => {
    await init();
    const { files } = await load();
    const before = await warehouse.everything();
    double.plan(new RegExp(`^${statement}\\b`), { kind: 'gone' });
    await expect(init({ rebuild: true })).rejects.toMatchObject({ failure: 'session' });
    if (statement.startsWith('UPDATE')) expect(await warehouse.everything()).toEqual(before);
    else await expect(load()).rejects.toThrow(/`tidemark warehouse init` does the rest/);
    await init();
    await load();
    expect(await warehouse.everything()).toEqual(before);
    expect(await warehouse.ledgerRows()).toBe(files);
  });

  it('refuses tables of another version, and makes them anew when it is told to', async () => {
    await init();
    const { files } = await load();
    await warehouse.rows("UPDATE warehouse_model SET digest = 'older'");
    await expect(loadSnowflake(elsewhere(), warehouse.lake)).rejects.toThrow(/init --rebuild/);
    await expect(initSnowflake(elsewhere())).rejects.toThrow(/init --rebuild/);
    await init({ rebuild: true });
    expect(await warehouse.ledgerRows()).toBe(0);
    expect((await load()).files).toBe(files);
  });
});
