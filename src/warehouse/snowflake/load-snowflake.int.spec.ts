import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { optionsFor, startDouble } from '../../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../../test/support/snowflake/double';
import { sameText } from '../../../test/support/snowflake/same-text';
import { TestLake } from '../../../test/support/warehouse/lake';
import { movingShop } from '../../../test/support/warehouse/moving-shop';
import { storeOf } from '../../../test/support/warehouse/store-of';
import {
  createTestWarehouse,
  everyName,
  rowsIn,
  type TestWarehouse,
} from '../../../test/support/warehouse/warehouse';
import { datasets } from '../../export/datasets/catalogue';
import { loadWarehouse } from '../duckdb/duckdb-warehouse';
import { SnowflakeConnection } from './connection';
import { initSnowflake } from './init-snowflake';
import { loadSnowflake } from './load-snowflake';
import { querySnowflake } from './query-snowflake';
import { records } from './snowflake-session';
import { verifySnowflake } from './verify-snowflake';
import type { SnowflakeWarehouseOptions } from './with-snowflake';

const events = movingShop();
const third = Math.floor(events.length / 3);

let double: SnowflakeDouble;
let lake: TestLake;
let folder: string;
let local: TestWarehouse;

beforeEach(async () => {
  double = await startDouble();
  lake = await TestLake.create();
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-known-'));
  local = await createTestWarehouse();
});
afterEach(async () => {
  await double.stop();
  await lake.remove();
  await local.remove();
  await rm(folder, { recursive: true });
});

const inFolder = (): SnowflakeWarehouseOptions => ({
  snowflake: optionsFor(double),
  lakeRoot: 'file:///lake',
  folder,
  retries: 1,
});

async function rows(sql: string): Promise<Record<string, string | null>[]> {
  const connection = await SnowflakeConnection.open(optionsFor(double));
  try {
    return records(await connection.execute(sql));
  } finally {
    await connection.close();
  }
}

/** Every table and view, as lines of text. */
async function everything(read: typeof rows): Promise<Record<string, string[]>> {
  const lines: Record<string, string[]> = {};
  for (const name of everyName) lines[name] = sameText(await read(`SELECT * FROM ${name}`));
  return lines;
}

const inDuckDb = (): Promise<Record<string, string[]>> => everything((sql) => rowsIn(local, sql));

async function ledgerRows(): Promise<number> {
  const [count] = await rows('SELECT COUNT(*) AS n, COUNT(DISTINCT file_key) AS different FROM load_ledger');
  expect(count?.n).toBe(count?.different);
  return Number(count?.n);
}

describe('a load', () => {
  it('in parts, of a lake in a folder, gives every table and view that the DuckDB warehouse has', async () => {
    await initSnowflake(inFolder());
    const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
    for (const part of [events.slice(0, third), events.slice(third, 2 * third), events.slice(2 * third)]) {
      await lake.addEvents(part, settings);
      await loadSnowflake(inFolder(), lake);
    }
    await loadWarehouse(local, lake);
    const expected = await inDuckDb();
    expect(expected.fact_orders?.length).toBe(28);
    expect(expected.anomalies?.length).toBeGreaterThan(0);
    expect(await everything(rows)).toEqual(expected);
  });

  it('of a lake in a bucket copies its files by name from the external stage', async () => {
    const options: SnowflakeWarehouseOptions = {
      ...inFolder(),
      lakeRoot: 's3://shop/lake',
      snowflake: { ...optionsFor(double), stageAccess: { by: 'integration', integration: 'LAKE' } },
    };
    await lake.addEvents(events);
    for (const { name } of datasets)
      for await (const file of lake.files(name))
        await double.upload(await file.localPath(), `s3://shop/lake/${file.key}`);
    await initSnowflake(options);
    const { files, through } = await loadSnowflake(options, lake);
    expect(files).toBeGreaterThan(5);
    expect(through).toBe(events.at(-1)?.position);
    await loadWarehouse(local, lake);
    expect(await everything(rows)).toEqual(await inDuckDb());
    expect(double.statements.filter((sql) => sql.startsWith('PUT'))).toEqual([]);
    expect(double.statements.find((sql) => sql.startsWith('CREATE OR REPLACE STAGE'))).toContain(
      `URL = 's3://shop/lake/' STORAGE_INTEGRATION = LAKE`,
    );
  });

  it('takes files of one name from several partitions for several files', async () => {
    await initSnowflake(inFolder());
    const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
    await lake.addEvents(events.slice(0, third), settings);
    await lake.addEvents(events.slice(third), settings);
    let count = 0;
    const partitioned = lake.only((files) =>
      files.map(([dataset, file]) => {
        const partition = path.join(folder, String(count++));
        const localPath = async () => {
          await cp(await file.localPath(), path.join(partition, '000001.parquet'));
          return path.join(partition, '000001.parquet');
        };
        return [dataset, { ...file, localPath }];
      }),
    );
    await loadSnowflake(inFolder(), partitioned);
    await loadWarehouse(local, lake);
    expect(await everything(rows)).toEqual(await inDuckDb());
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
    await rm(path.join(folder, 'snowflake-files.json'));
    const before = double.statements.length;
    expect(await loadSnowflake(inFolder(), lake)).toMatchObject({ files: 0, through });
    expect(double.statements.slice(before).filter((sql) => /^(COPY|PUT|MERGE|BEGIN)/.test(sql))).toEqual([]);
  });

  it('after the warehouse was made anew elsewhere loads everything again as soon as there is a new file', async () => {
    await initSnowflake(inFolder());
    const settings = events.find(({ type }) => type === 'StoreConfigured')?.data as never;
    await lake.addEvents(events.slice(0, third), settings);
    const { files } = await loadSnowflake(inFolder(), lake);
    await rows('DELETE FROM load_ledger');
    await lake.addEvents(events.slice(third), settings);
    const again = await loadSnowflake(inFolder(), lake);
    expect(again.files).toBeGreaterThan(files);
    await loadWarehouse(local, lake);
    expect(await everything(rows)).toEqual(await inDuckDb());
  });

  it('of a file that has other rows than the lake says changes nothing', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const wrong = lake.only((files) =>
      files.map(([dataset, file]) => [
        dataset,
        dataset === 'orders' ? { ...file, rows: file.rows + 1 } : file,
      ]),
    );
    await expect(loadSnowflake(inFolder(), wrong)).rejects.toThrow(
      /orders: .* holds \d+ rows, and the table of the lake says/,
    );
    expect(await ledgerRows()).toBe(0);
  });

  it('that runs into another one is refused until that one is done', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const other = { ...inFolder(), folder: path.join(folder, 'other') };
    let refusal: unknown;
    double.before(/^COMMIT/, async () => {
      refusal = await loadSnowflake(other, lake).catch((error: unknown) => error);
    });
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(refusal).toMatchObject({ failure: 'lock', message: expect.stringContaining('another load') });
    expect((await loadSnowflake(other, lake)).files).toBe(0);
    expect(await ledgerRows()).toBe(files);
  });

  it('that begins after another was done with the same files is refused', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    const other = { ...inFolder(), folder: path.join(folder, 'other') };
    double.before(/^BEGIN/, () => loadSnowflake(other, lake));
    await expect(loadSnowflake(inFolder(), lake)).rejects.toThrow(/Another load has brought files in/);
    expect((await loadSnowflake(inFolder(), lake)).files).toBe(0);
    await ledgerRows();
  });

  it('into a schema without tables says what makes them', async () => {
    await expect(loadSnowflake(inFolder(), lake)).rejects.toMatchObject({
      failure: 'object',
      message: expect.stringContaining('tidemark warehouse init'),
    });
  });

  it('into tables of another version is refused until they are made anew', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    await loadSnowflake(inFolder(), lake);
    await rows("UPDATE warehouse_model SET digest = 'older'");
    await rm(path.join(folder, 'snowflake-files.json'));
    await expect(loadSnowflake(inFolder(), lake)).rejects.toThrow(/init --rebuild/);
    await expect(initSnowflake(inFolder())).rejects.toThrow(/init --rebuild/);
    await initSnowflake(inFolder(), { rebuild: true });
    expect(await ledgerRows()).toBe(0);
    expect((await loadSnowflake(inFolder(), lake)).files).toBe(await ledgerRows());
  });
});

describe('a load whose session is troubled', () => {
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
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(await ledgerRows()).toBe(files);
    expect(await double.stagedFiles()).toEqual([]);
    expect(double.statements.filter((sql) => sql === 'COMMIT')).toHaveLength(1);
    await loadWarehouse(local, lake);
    expect(await everything(rows)).toEqual(await inDuckDb());
  });

  it('is not done when COMMIT never arrived: its transaction is ended, and the next load does all of it', async () => {
    double.plan(/^COMMIT/, { kind: 'cut before' }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    await expect(loadSnowflake(inFolder(), lake)).rejects.toThrow(/Nothing was loaded: load again/);
    expect(double.statements.some((sql) => sql.startsWith('SELECT SYSTEM$ABORT_TRANSACTION'))).toBe(true);
    expect(await ledgerRows()).toBe(0);
    double.heal();
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(await ledgerRows()).toBe(files);
  });

  it.each([
    ['refused', { kind: 'refusal', code: '100132', message: 'Numeric value is out of range' }, 1],
    ['not answered', { kind: 'cut before' }, 9],
  ] as const)('leaves no files in the stage when COPY is %s', async (_, fault, times) => {
    double.plan(/^COPY INTO load_orders/, fault, times);
    await expect(loadSnowflake(inFolder(), lake)).rejects.toThrow();
    expect(double.statements.some((sql) => sql.startsWith('PUT'))).toBe(true);
    expect(await double.stagedFiles()).toEqual([]);
  });

  it('that loses the way to Snowflake in the middle leaves nothing that the next one would wait for', async () => {
    double.plan(/^INSERT INTO fact_orders/, { kind: 'cut before' }, 9);
    double.plan(/^\/session$/, { kind: 'cut before' });
    await expect(loadSnowflake(inFolder(), lake)).rejects.toMatchObject({ failure: 'network' });
    double.heal();
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(await ledgerRows()).toBe(files);
  });

  it('changes nothing when the session is lost in the middle', async () => {
    double.plan(/^INSERT INTO fact_orders/, { kind: 'gone' });
    await expect(loadSnowflake(inFolder(), lake)).rejects.toMatchObject({ failure: 'session' });
    const { files } = await loadSnowflake(inFolder(), lake);
    expect(await ledgerRows()).toBe(files);
  });
});

describe('verifying', () => {
  beforeEach(async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
  });

  it('finds event store, lake and warehouse equal after a load', async () => {
    await loadSnowflake(inFolder(), lake);
    const result = await verifySnowflake(inFolder(), lake, storeOf(events));
    expect(result).toMatchObject({ equal: true, through: events.at(-1)?.position, differences: [] });
    const lines = result.datasets.find(({ dataset }) => dataset === 'order_lines');
    expect(lines).toMatchObject({ store: 28, lake: 28, warehouse: 28 });
  });

  it('names the first position whose money differs', async () => {
    await loadSnowflake(inFolder(), lake);
    const placed = events.filter(({ type }) => type === 'OrderPlaced').at(4);
    await rows(
      `UPDATE fact_orders SET net_amount = net_amount + 0.01 WHERE position = '${placed?.position}'`,
    );
    const { differences } = await verifySnowflake(inFolder(), lake, storeOf(events));
    expect(differences).toEqual([
      expect.objectContaining({ dataset: 'order_lines', firstPosition: placed?.position }),
    ]);
  });

  it('of a warehouse without rows says what fills it', async () => {
    await expect(verifySnowflake(inFolder(), lake, storeOf(events))).rejects.toThrow(
      /tidemark warehouse load/,
    );
  });
});

describe('a query', () => {
  it('gives its rows, with exact numbers', async () => {
    await initSnowflake(inFolder());
    await lake.addEvents(events);
    await loadSnowflake(inFolder(), lake);
    const sql = 'SELECT COUNT(*) AS lines, SUM(net_amount) AS net FROM fact_orders';
    const found = await querySnowflake(inFolder(), sql, async (result) => {
      const read: unknown[] = [];
      for await (const row of result.rows) read.push(row);
      return read;
    });
    await loadWarehouse(local, lake);
    const [expected] = await rowsIn(local, sql);
    expect(found).toEqual([[expected?.lines, expected?.net]]);
  });

  it.each(['DELETE FROM fact_orders', '-- SELECT\nDROP TABLE fact_orders', 'CALL p()'])(
    'that is none (%j) is refused before anybody is asked',
    async (sql) => {
      await expect(querySnowflake(inFolder(), sql, async () => {})).rejects.toThrow(
        'Only queries are allowed',
      );
      expect(double.requests).toEqual([]);
    },
  );
});
