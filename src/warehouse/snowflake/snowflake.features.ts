import { rm } from 'node:fs/promises';
import path from 'node:path';
import { movingShopInDuckDb, SnowflakeWarehouse } from '../../../test/support/snowflake/warehouse';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { storeOf } from '../../../test/support/warehouse/store-of';
import { datasets } from '../../lake/datasets/catalogue';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import type { SnowflakeOptions } from './options';
import { querySnowflake } from './query-snowflake';
import { verifySnowflake } from './verify-snowflake';

/** A bucket that Snowflake can read, with a prefix of the suite's own. */
export interface StageBucket {
  /** `s3://bucket/prefix` */
  root: string;
  /** of a server other than AWS */
  endpoint?: string;
  /** includes how Snowflake gets access to the bucket */
  snowflake: SnowflakeOptions;
  upload(localPath: string, key: string): Promise<void>;
}

/** A Snowflake, real or a double, with an empty schema. */
export interface SnowflakePlace {
  snowflake: SnowflakeOptions;
  /** absent where the suite has no bucket */
  bucket?: StageBucket;
  remove(): Promise<void>;
}

const TIMEOUT_MS = 600_000;

/** The behaviour that a warehouse in Snowflake owes. The double and a real account run the same suite. */
export function snowflakeFeatures(
  open: () => Promise<SnowflakePlace>,
  { bucket }: { bucket: boolean },
): void {
  const events = movingShop();
  const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
  const half = Math.floor(events.length / 2);
  let place: SnowflakePlace;
  let warehouse: SnowflakeWarehouse;

  beforeEach(async () => {
    place = await open();
    warehouse = await SnowflakeWarehouse.create(place.snowflake);
  }, TIMEOUT_MS);
  afterEach(async () => {
    await warehouse?.remove();
    await place?.remove();
  }, TIMEOUT_MS);

  const feature = (title: string, test: () => Promise<void>) => it(title, test, TIMEOUT_MS);
  const options = () => warehouse.options();
  const init = (how?: { rebuild: boolean }) => initSnowflake(options(), how);
  const load = () => loadSnowflake(options(), warehouse.lake);
  const verify = () => verifySnowflake(options(), warehouse.lake, storeOf(events));
  const loadAll = async () => {
    await init();
    await warehouse.lake.addEvents(events);
    return load();
  };
  const answer = (sql: string) =>
    querySnowflake(options(), sql, async ({ rows }) => {
      const read: unknown[] = [];
      for await (const row of rows) read.push(row);
      return read;
    });

  feature('has every table and view that the DuckDB warehouse has, loaded in two parts', async () => {
    await init();
    for (const part of [events.slice(0, half), events.slice(half)]) {
      await warehouse.lake.addEvents(part, settings);
      await load();
    }
    const expected = await movingShopInDuckDb();
    expect(expected.fact_orders?.length).toBe(28);
    expect(expected.anomalies?.length).toBeGreaterThan(0);
    expect(await warehouse.everything()).toEqual(expected);
  });

  (bucket ? feature : it.skip)(
    'has the same of a lake in a bucket, read from an external stage',
    async () => {
      const { root, endpoint, snowflake, upload } = place.bucket as StageBucket;
      const inBucket = warehouse.options({ lakeRoot: root, lakeEndpoint: endpoint, snowflake });
      await warehouse.lake.addEvents(events);
      for (const { name } of datasets)
        for await (const file of warehouse.lake.files(name)) await upload(await file.localPath(), file.key);
      await initSnowflake(inBucket);
      const { files, through } = await loadSnowflake(inBucket, warehouse.lake);
      expect(files).toBeGreaterThan(5);
      expect(through).toBe(events.at(-1)?.position);
      expect(await warehouse.everything()).toEqual(await movingShopInDuckDb());
    },
  );

  feature('loads nothing twice, also where this machine remembers nothing', async () => {
    const { through } = await loadAll();
    const nothing = { files: 0, rows: 0, written: {}, through };
    expect(await load()).toEqual(nothing);
    await rm(path.join(warehouse.folder, 'snowflake-files.json'));
    await init();
    expect(await load()).toEqual(nothing);
  });

  feature('makes no fact again for a compacted file, and forgets the files that it replaces', async () => {
    await init();
    await warehouse.lake.addEvents(events.slice(0, half));
    await warehouse.lake.addEvents(events.slice(half), settings);
    await load();
    const before = await warehouse.everything();
    for (const { name } of datasets) warehouse.lake.retire(name);
    await warehouse.lake.addEvents(events);
    const { files, written } = await load();
    expect(written).toMatchObject({ stg_order_lines: 0, fact_orders: 0, fact_returns: 0, dim_customer: 0 });
    expect(await warehouse.everything()).toEqual(before);
    expect(await warehouse.ledgerRows()).toBe(files);
  });

  feature(
    'is as it was when a file has other rows than the lake says, and has no table of that load',
    async () => {
      await init();
      await warehouse.lake.addEvents(events);
      const wrong = warehouse.lake.only((files) =>
        files.map(([name, file]) => [name, name === 'orders' ? { ...file, rows: file.rows + 1 } : file]),
      );
      await expect(loadSnowflake(options(), wrong)).rejects.toThrow(
        /orders: .* holds \d+ rows, and the table of the lake says/,
      );
      expect(await warehouse.ledgerRows()).toBe(0);
      expect(await warehouse.scratchTables()).toEqual([]);
      await load();
      expect(await warehouse.scratchTables()).toEqual([]);
      expect(await warehouse.everything()).toEqual(await movingShopInDuckDb());
    },
  );

  feature('is empty after init --rebuild, and filled by the next load', async () => {
    const { files } = await loadAll();
    const before = await warehouse.everything();
    await init({ rebuild: true });
    expect(await warehouse.rows('SELECT order_id FROM fact_orders')).toEqual([]);
    expect((await load()).files).toBe(files);
    expect(await warehouse.everything()).toEqual(before);
  });

  feature(
    'is verified against event store and lake, and the first position that differs is named',
    async () => {
      await loadAll();
      const result = await verify();
      expect(result).toMatchObject({ equal: true, through: events.at(-1)?.position, differences: [] });
      const lines = result.datasets.find(({ dataset }) => dataset === 'order_lines');
      expect(lines).toMatchObject({ store: 28, lake: 28, warehouse: 28 });
      const placed = events.filter(({ type }) => type === 'OrderPlaced').at(4);
      await warehouse.rows(
        `UPDATE fact_orders SET net_amount = net_amount + 0.01 WHERE position = '${placed?.position}'`,
      );
      const { differences } = await verify();
      expect(differences).toEqual([
        expect.objectContaining({ dataset: 'order_lines', firstPosition: placed?.position }),
      ]);
    },
  );

  feature('answers a query with every digit of its numbers, and says what is wrong with one', async () => {
    await init();
    const amount = '12345678901234567890123456789.012345678';
    expect(await answer(`SELECT CAST('${amount}' AS NUMBER(38, 9)) AS amount`)).toEqual([[amount]]);
    await expect(answer('SELECT * FROM no_such_table')).rejects.toMatchObject({ failure: 'object' });
    await expect(answer('SELECT FROM WHERE')).rejects.toMatchObject({ failure: 'statement' });
  });

  feature('says what makes the tables where there are none', async () => {
    await warehouse.lake.addEvents(events);
    await expect(load()).rejects.toMatchObject({
      failure: 'object',
      message: expect.stringContaining('tidemark warehouse init'),
    });
  });
}
