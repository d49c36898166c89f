import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../../test/support/snowflake/double';
import { movingShopInDuckDb, SnowflakeWarehouse } from '../../../test/support/snowflake/warehouse';
import { TestLake } from '../../../test/support/warehouse/lake';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { datasets } from '../../lake/datasets/catalogue';
import { initSnowflake } from './init-snowflake';
import { newLoadName } from './load-name';
import { loadSnowflake } from './load-snowflake';
import type { SnowflakeWarehouseOptions } from './with-snowflake';

const events = movingShop();
const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
const third = Math.floor(events.length / 3);

let double: SnowflakeDouble;
let warehouse: SnowflakeWarehouse;
let lake: TestLake;

beforeEach(async () => {
  double = await startDouble();
  warehouse = await SnowflakeWarehouse.create(optionsFor(double));
  lake = warehouse.lake;
});
afterEach(async () => {
  await double.stop();
  await warehouse.remove();
});

const inFolder = (other?: Partial<SnowflakeWarehouseOptions>) => warehouse.options(other);
const rows = (sql: string) => warehouse.rows(sql);
const everything = () => warehouse.everything();
const ledgerRows = () => warehouse.ledgerRows();

describe('a load', () => {
  it('takes files of one name from several partitions for several files', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events.slice(0, third), settings);
    await lake.addEvents(events.slice(third), settings);
    let count = 0;
    const partitioned = lake.only((files) =>
      files.map(([dataset, file]) => {
        const partition = path.join(warehouse.folder, String(count++));
        const localPath = async () => {
          await cp(await file.localPath(), path.join(partition, '000001.parquet'));
          return path.join(partition, '000001.parquet');
        };
        return [dataset, { ...file, localPath }];
      }),
    );
    await loadSnowflake(inFolder(), partitioned);
    expect(await everything()).toEqual(await movingShopInDuckDb());
  });

  it('without new files asks nothing', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const first = await loadSnowflake(inFolder(), lake);
    const before = double.requests.length;
    const second = await loadSnowflake(inFolder(), lake);
    expect(double.requests.slice(before)).toEqual([]);
    expect(second).toEqual({ files: 0, rows: 0, written: {}, through: first.through });
  });

  it('from another machine reads the ledger and copies nothing', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const { through } = await loadSnowflake(inFolder(), lake);
    await rm(path.join(warehouse.folder, 'snowflake-files.json'));
    const before = double.statements.length;
    expect(await loadSnowflake(inFolder(), lake)).toMatchObject({ files: 0, through });
    expect(double.statements.slice(before).filter((sql) => /^(COPY|PUT|MERGE|BEGIN)/.test(sql))).toEqual([]);
  });

  it('after the warehouse was made anew elsewhere loads everything again as soon as there is a new file', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events.slice(0, third), settings);
    const { files } = await loadSnowflake(inFolder(), lake);
    await rows('DELETE FROM load_ledger');
    await lake.addEvents(events.slice(third), settings);
    const again = await loadSnowflake(inFolder(), lake);
    expect(again.files).toBeGreaterThan(files);
    expect(await everything()).toEqual(await movingShopInDuckDb());
  });

  it('that runs into another one is refused until that one is done', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const other = { ...inFolder(), folder: path.join(warehouse.folder, 'other') };
    let refusal: unknown;
    double.before(/^COMMIT/, async () => {
      refusal = await loadSnowflake(other, lake).catch((error: unknown) => error);
    });
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(refusal).toMatchObject({ failure: 'lock', message: expect.stringContaining('another load') });
    expect((await loadSnowflake(other, lake)).files).toBe(0);
    expect(await ledgerRows()).toBe(files);
  });

  it.each([
    ['new files', async () => {}],
    [
      'files in the place of as many others',
      async () => {
        await loadSnowflake(inFolder(), lake);
        for (const { name } of datasets) lake.retire(name);
        await lake.addEvents(events);
      },
    ],
  ])('that begins after another was done with the same %s is refused', async (_, prepare) => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    await prepare();
    const other = { ...inFolder(), folder: path.join(warehouse.folder, 'other') };
    double.before(/^BEGIN/, () => loadSnowflake(other, lake));
    await expect(loadSnowflake(inFolder(), lake)).rejects.toThrow(/Another load has brought files in/);
    expect((await loadSnowflake(inFolder(), lake)).files).toBe(0);
    await ledgerRows();
  });

  it('of another lake, whose keys may be the same, is refused until the tables are made anew', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events.slice(0, third));
    const { files } = await loadSnowflake(inFolder(), lake);
    const begunAnew = await TestLake.create('lake-2');
    try {
      await begunAnew.addEvents(events);
      await expect(loadSnowflake(inFolder(), begunAnew)).rejects.toThrow(
        /filled from another lake \(lake-1\) .*\(lake-2\).* init --rebuild/,
      );
      expect(await ledgerRows()).toBe(files);
      await initSnowflake(inFolder(), { rebuild: true });
      expect((await loadSnowflake(inFolder(), begunAnew)).files).toBe(await ledgerRows());
    } finally {
      await begunAnew.remove();
    }
  });

  it('of the same lake in another place goes on where it was', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events.slice(0, third));
    await loadSnowflake(inFolder(), lake);
    await lake.addEvents(events.slice(third), settings);
    const { files } = await loadSnowflake(inFolder({ lakeRoot: 'file:///moved' }), lake);
    expect(files).toBeLessThan(await ledgerRows());
    expect(await everything()).toEqual(await movingShopInDuckDb());
  });

  it('clears away tables and files of loads that died a day ago, and those of no other', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const hour = 3_600_000;
    const [dead, working] = [25, 23].map((hours) => newLoadName(Date.now() - hours * hour)) as [
      string,
      string,
    ];
    for (const load of [dead, working]) {
      await rows(`CREATE TABLE changed_orders_${load} (order_id VARCHAR)`);
      await rows(`PUT 'file://${__filename}' @tidemark_lake/${load}/ AUTO_COMPRESS = FALSE`);
    }
    expect(await double.stagedFiles()).toHaveLength(2);
    await loadSnowflake(inFolder(), lake);
    expect(await warehouse.scratchTables()).toEqual([`CHANGED_ORDERS_${working.toUpperCase()}`]);
    expect(await double.stagedFiles()).toHaveLength(1);
  });

  it('beside another one of this machine is refused', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    let refusal: unknown;
    double.before(/^COMMIT/, async () => {
      refusal = await loadSnowflake(inFolder(), lake).catch((error: unknown) => error);
    });
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(refusal).toMatchObject({ message: expect.stringContaining('being loaded by this process') });
    expect(await ledgerRows()).toBe(files);
  });
});

describe('a load whose session is troubled', () => {
  // Without retries: the driver waits seconds before one, and connection.int.spec.ts covers them.
  const atOnce = () => inFolder({ retries: 0 });

  beforeEach(async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
  });

  it('goes on after an expired token, too many requests and a service that is away', async () => {
    double.plan(/^MERGE/, { kind: 'expired' });
    double.plan(/^COPY/, { kind: 'status', status: 429 });
    double.plan(/^DELETE/, { kind: 'status', status: 503 });
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(await ledgerRows()).toBe(files);
  });

  it('is done when COMMIT was done and only its answer was lost', async () => {
    double.plan(/^COMMIT/, { kind: 'cut after' }, 9);
    const { files } = await loadSnowflake(atOnce(), lake);
    expect(await ledgerRows()).toBe(files);
    expect(await double.stagedFiles()).toEqual([]);
    expect(double.statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
    expect(await everything()).toEqual(await movingShopInDuckDb());
  });

  it('is not done when COMMIT never arrived: its transaction is ended, and the next load does all of it', async () => {
    double.plan(/^COMMIT/, { kind: 'cut before' }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    await expect(loadSnowflake(atOnce(), lake)).rejects.toThrow(/Nothing was loaded: load again/);
    expect(double.statements.some((sql) => sql.startsWith('SELECT SYSTEM$ABORT_TRANSACTION'))).toBe(true);
    expect(await ledgerRows()).toBe(0);
    double.heal();
    const { files } = await loadSnowflake(atOnce(), lake);
    expect(await ledgerRows()).toBe(files);
  });

  it.each([
    ['is done when its COMMIT was done', 'cut after', true],
    ['is not done when its COMMIT never arrived', 'cut before', false],
  ] as const)('that only brings holidays %s', async (_, kind, done) => {
    await loadSnowflake(atOnce(), lake);
    double.plan(/^COMMIT/, { kind }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    const holidays = [{ day: '12-25', name: 'Christmas Day' }];
    const load = loadSnowflake(atOnce(), lake, { holidays });
    if (done) await load;
    else await expect(load).rejects.toThrow(/Nothing was loaded: load again/);
    expect(await rows('SELECT date_key FROM dim_date WHERE is_holiday')).toHaveLength(done ? 1 : 0);
  });

  it.each([
    ['refused', { kind: 'refusal', code: '100132', message: 'Numeric value is out of range' }, 1],
    ['not answered', { kind: 'cut before' }, 9],
  ] as const)('leaves no files in the stage when COPY is %s', async (_, fault, times) => {
    double.plan(/^COPY INTO load_orders/, fault, times);
    await expect(loadSnowflake(atOnce(), lake)).rejects.toThrow();
    expect(double.statements.some((sql) => sql.startsWith('PUT'))).toBe(true);
    expect(await double.stagedFiles()).toEqual([]);
  });

  it('that loses the way to Snowflake in the middle leaves nothing that the next one would wait for', async () => {
    double.plan(/^INSERT INTO fact_orders/, { kind: 'cut before' }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    await expect(loadSnowflake(atOnce(), lake)).rejects.toMatchObject({ failure: 'network' });
    double.heal();
    const { files } = await loadSnowflake(atOnce(), lake);
    expect(await ledgerRows()).toBe(files);
  });

  it('changes nothing when the session is lost in the middle', async () => {
    double.plan(/^INSERT INTO fact_orders/, { kind: 'gone' });
    await expect(loadSnowflake(atOnce(), lake)).rejects.toMatchObject({ failure: 'session' });
    const { files } = await loadSnowflake(atOnce(), lake);
    expect(await ledgerRows()).toBe(files);
  });
});
