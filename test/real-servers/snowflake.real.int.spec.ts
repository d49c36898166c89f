import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '../../src/runtime/config';
import { loadWarehouse } from '../../src/warehouse/duckdb/duckdb-warehouse';
import { SnowflakeConnection } from '../../src/warehouse/snowflake/connection';
import { initSnowflake } from '../../src/warehouse/snowflake/init-snowflake';
import { loadSnowflake } from '../../src/warehouse/snowflake/load-snowflake';
import type { SnowflakeOptions } from '../../src/warehouse/snowflake/options';
import { records } from '../../src/warehouse/snowflake/snowflake-session';
import { sameText } from '../support/snowflake/same-text';
import { TestLake } from '../support/warehouse/lake';
import { movingShop } from '../support/warehouse/moving-shop';
import { createTestWarehouse, everyName, rowsIn, type TestWarehouse } from '../support/warehouse/warehouse';

/**
 * Against a real account: `SNOWFLAKE_TEST_ACCOUNT`, `_USER`, `_WAREHOUSE`, `_DATABASE` and `_PRIVATE_KEY_PATH` or `_TOKEN`, named and
 * checked as SNOWFLAKE_*. Everything happens in a schema of a random name, which is dropped at the end.
 */
const ACCOUNT = process.env.SNOWFLAKE_TEST_ACCOUNT;

/** No machine has an account by itself, so there is no CI where this has to run. */
const describeAccount = ACCOUNT
  ? describe
  : (title: string, suite: () => void) =>
      describe.skip(`${title} (skipped: SNOWFLAKE_TEST_ACCOUNT is not set)`, suite);

function optionsOfAccount(schema: string): SnowflakeOptions {
  const given = Object.entries(process.env)
    .filter(([name]) => name.startsWith('SNOWFLAKE_TEST_'))
    .map(([name, value]) => [name.replace('_TEST_', '_'), value]);
  const { snowflake } = loadConfig({ ...Object.fromEntries(given), SNOWFLAKE_SCHEMA: schema });
  if (!snowflake) throw new Error('SNOWFLAKE_TEST_ACCOUNT is not set');
  return snowflake;
}

describeAccount('a real account of Snowflake', () => {
  const schema = `TIDEMARK_TEST_${randomBytes(6).toString('hex').toUpperCase()}`;
  let connection: SnowflakeConnection;
  let lake: TestLake;
  let local: TestWarehouse;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tidemark-known-'));
    lake = await TestLake.create();
    local = await createTestWarehouse();
    connection = await SnowflakeConnection.open(optionsOfAccount(schema));
    await connection.execute(`CREATE SCHEMA ${schema}`);
    await connection.execute(`USE SCHEMA ${schema}`);
  });
  afterAll(async () => {
    await connection?.execute(`DROP SCHEMA IF EXISTS ${schema}`);
    await connection?.close();
    await lake?.remove();
    await local?.remove();
    await rm(folder, { recursive: true });
  });

  it('gives every table and view that the DuckDB warehouse has, loaded in two parts', async () => {
    const options = { snowflake: optionsOfAccount(schema), lakeRoot: 'file:///lake', folder };
    const events = movingShop();
    const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
    const half = Math.floor(events.length / 2);
    await initSnowflake(options);
    for (const part of [events.slice(0, half), events.slice(half)]) {
      await lake.addEvents(part, settings);
      await loadSnowflake(options, lake);
    }
    await loadWarehouse(local, lake);
    for (const name of everyName) {
      const sql = `SELECT * FROM ${name}`;
      const found = sameText(records(await connection.execute(sql)));
      expect({ [name]: found }).toEqual({ [name]: sameText(await rowsIn(local, sql)) });
    }
  }, 600_000);

  it('loads nothing twice when this machine remembers nothing', async () => {
    const options = { snowflake: optionsOfAccount(schema), lakeRoot: 'file:///lake', folder };
    await rm(path.join(folder, 'snowflake-files.json'));
    expect(await loadSnowflake(options, lake)).toMatchObject({ files: 0 });
  }, 120_000);

  it('gives every digit of a number', async () => {
    const amount = '12345678901234567890123456789.012345678';
    const { rows } = await connection.execute(`SELECT CAST('${amount}' AS NUMBER(38, 9))`);
    expect(rows).toEqual([[amount]]);
  });
});
