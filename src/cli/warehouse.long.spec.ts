import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  createLakeProgram,
  type LakeProgram,
  refusal,
  SAMPLE_LINES,
  SAMPLE_ORDERS,
} from '../../test/support/lake-program';
import { launchProgram, startProgram } from '../../test/support/program';
import { startDouble, TOKEN } from '../../test/support/snowflake/account';
import type { SnowflakeDouble } from '../../test/support/snowflake/double';
import { tables, views } from '../warehouse/model/catalogue';

jest.setTimeout(120_000);

interface Loaded {
  files: number;
  rows: number;
  through: string;
}
interface Fresh {
  freshness: { asOf: string; eventsBehind: number };
}
interface Verified {
  equal: boolean;
  datasets: { dataset: string; store?: number; lake: number; warehouse: number }[];
  differences: { dataset: string; day: string; firstPosition: string }[];
}

let shop: LakeProgram;

beforeAll(async () => {
  shop = await createLakeProgram();
  await shop.json('export', 'run');
});
afterAll(() => shop.remove());

/** Runs statements over a database file, or over none. */
async function inDuckDb(file: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const warehouse = (...args: string[]) => shop.run('warehouse', ...args);
const warehouseFile = () => path.join(shop.folder, 'warehouse.duckdb');
const load = () => shop.json<Loaded>('warehouse', 'load');

/** What `verify` finds, which ends it with 1. */
async function differences(env: Record<string, string> = {}): Promise<Verified['differences']> {
  const { exitCode, stdout } = await launchProgram(['warehouse', 'verify', '--json'], { ...shop.env, ...env })
    .ended;
  const found = JSON.parse(stdout) as Verified;
  expect({ exitCode, equal: found.equal }).toEqual({ exitCode: 1, equal: false });
  return found.differences;
}

async function expectVerified(env: Record<string, string> = {}): Promise<void> {
  const { exitCode, stdout } = await launchProgram(['warehouse', 'verify', '--json'], { ...shop.env, ...env })
    .ended;
  const { equal, datasets } = JSON.parse(stdout) as Verified;
  expect({ exitCode, equal }).toEqual({ exitCode: 0, equal: true });
  expect(datasets.find(({ dataset }) => dataset === 'order_lines')).toMatchObject({
    store: SAMPLE_LINES,
    lake: SAMPLE_LINES,
    warehouse: SAMPLE_LINES,
  });
}

describe('tidemark warehouse, a file on this machine', () => {
  it('says what to do first while there is none', async () => {
    for (const args of [['query', 'SELECT 1'], ['verify'], ['export', '--parquet', shop.folder]])
      expect(await warehouse(...args)).toEqual(
        refusal(1, /Error: There is no warehouse at .* yet; `tidemark warehouse load` makes it/),
      );
    expect((await shop.run('doctor')).stdout).toMatch(/ok +warehouse +none yet; `tidemark warehouse load`/);
  });

  it('is loaded once, answers queries and agrees with the event store', async () => {
    const loaded = await load();
    expect(loaded.files).toBeGreaterThan(0);
    expect(await load()).toMatchObject({ files: 0, rows: 0, through: loaded.through });
    expect(await warehouse('load')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(
        /^nothing new in the lake\nas of \d{4}-\d\d-\d\d [\d:]{8} UTC, 0 events behind the log\n$/,
      ),
    });
    await expectVerified();
    expect((await warehouse('verify')).stdout).toMatch(/order_lines .*\n[\s\S]*Compared .*: all equal\.\n$/);
    expect((await shop.run('doctor')).stdout).toContain(`loaded up to position ${loaded.through}`);
  });

  it('says so when there is no lake, an empty one, or a file in its place; and makes none', async () => {
    const lakes = path.join(shop.folder, 'lakes');
    const [missing, empty, file] = ['missing', 'empty', 'file'].map((name) => path.join(lakes, name));
    await mkdir(empty as string, { recursive: true });
    await writeFile(file as string, '');
    const none =
      /Error: There is no lake at file:\/\/.*, or an empty one: `tidemark export run` takes the event log/;
    for (const [lake, message] of [
      [missing, none],
      [empty, none],
      [file, /Error: The lake .*\/file is a file: give LAKE_URL a folder/],
    ] as const)
      for (const command of ['load', 'verify']) {
        const env = { ...shop.env, LAKE_URL: lake as string };
        expect(await launchProgram(['warehouse', command], env).ended).toEqual(refusal(1, message));
      }
    expect(await readdir(lakes)).toEqual(['empty', 'file']);
    expect(await readdir(empty as string)).toEqual([]);
  });

  it('prints what a query answers as a table or as JSON, and writes it to files', async () => {
    const sql = 'SELECT count(*) AS lines, sum(net_amount) AS net, NULL AS nothing FROM fact_orders';
    const [[net]] = (await inDuckDb(warehouseFile(), 'SELECT sum(net_amount)::VARCHAR FROM fact_orders')) as [
      [string],
    ];
    const euros = net.replace(/00$/, '');
    expect((await warehouse('query', sql)).stdout).toBe(
      `lines  ${'net'.padStart(euros.length)}  nothing\n${'644'.padStart(5)}  ${euros}        -\n`,
    );
    const answer = [{ lines: String(SAMPLE_LINES), net, nothing: null }];
    expect(await shop.json('warehouse', 'query', sql)).toEqual(answer);
    expect(await shop.json('warehouse', 'query', 'SELECT 1 AS a WHERE false')).toEqual([]);
    expect((await warehouse('query', 'SELECT 1 AS a WHERE false')).stdout).toBe('No rows.\n');

    const file = (ending: string) => path.join(shop.folder, `answer${ending}`);
    for (const ending of ['.csv', '.json', '.parquet'])
      expect(await warehouse('query', sql, '--output', file(ending))).toEqual({
        exitCode: 0,
        stdout: `1 rows written to ${file(ending)}\n`,
        stderr: expect.stringMatching(/^as of .*\n$/),
      });
    expect(await readFile(file('.csv'), 'utf8')).toBe(`lines,net,nothing\n${SAMPLE_LINES},${net},\n`);
    expect(JSON.parse(await readFile(file('.json'), 'utf8'))).toEqual([
      { lines: SAMPLE_LINES, net: Number(net), nothing: null },
    ]);
    const read = `SELECT lines, net::VARCHAR FROM '${file('.parquet')}'`;
    expect(await inDuckDb(':memory:', read)).toEqual([[String(SAMPLE_LINES), net]]);
  });

  it('prints amounts with the decimals of their currency, plain years, every format in full', async () => {
    const sql = `SELECT d.year, p.product_key, 'JPY' AS currency, CAST(1500 AS DECIMAL(18, 4)) AS yen,
                        CAST(2.5 AS DECIMAL(18, 4)) AS euro_reporting, '=1+2' AS text
                   FROM dim_date d, dim_product p WHERE d.date = DATE '2025-03-01'
                   ORDER BY p.product_key LIMIT 2`;
    const file = path.join(shop.folder, 'question.sql');
    await writeFile(file, sql);
    const print = async (...args: string[]) =>
      (await warehouse('query', '--file', file, ...args)).stdout.split('\n');
    const [head, first] = await print();
    expect(head).toMatch(/^year {2}product_key +currency {2} yen {2}euro_reporting {2}text$/);
    expect(first).toMatch(/^2025 {2}\S+ +JPY +1500 +2\.50 {2}=1\+2$/);
    expect((await print('--format', 'csv'))[1]).toMatch(/^2025,[^,]+,JPY,1500,2\.50,=1\+2$/);
    expect((await print('--format', 'csv', '--spreadsheet-safe'))[1]).toMatch(/,1500,2\.50,'=1\+2$/);
    expect((await print('--format', 'md')).slice(0, 2)).toEqual([
      '| year | product_key | currency | yen | euro_reporting | text |',
      '| ---: | --- | --- | ---: | ---: | --- |',
    ]);
    const safe = path.join(shop.folder, 'safe.csv');
    await print('--output', safe, '--spreadsheet-safe');
    expect((await readFile(safe, 'utf8')).split('\n')[1]).toMatch(/,1500\.0000,2\.5000,'=1\+2$/);
  });

  it('reads the query from standard input, and gives a pipe all rows', async () => {
    const { process: child, ended } = launchProgram(['warehouse', 'query', '-'], shop.env);
    child.stdin?.end('SELECT range AS n FROM range(25000)');
    const { stdout, stderr } = await ended;
    expect(stderr).toMatch(/^as of .* behind the log\n$/);
    expect(stdout.split('\n')).toHaveLength(25_002);
    expect(stdout.slice(-200).trimEnd().split('\n').at(-1)?.trim()).toBe('24999');
  });

  it('describes its tables, views and columns', async () => {
    const all = (await warehouse('describe')).stdout;
    expect(all).toMatch(/^name +kind +columns +comment\n/);
    for (const { name, doc } of [...tables, ...views])
      expect(all).toMatch(new RegExp(`^${name} .*${doc.slice(0, 20).replace(/[()]/g, '.')}`, 'm'));
    const one = (await warehouse('describe', 'CATEGORY_REVENUE')).stdout;
    expect(one).toMatch(/^category_revenue, view: Sales .*by category.*\n\ncolumn +type +null +comment\n/);
    expect(one).toMatch(/\nnet +DECIMAL\(38,4\) +yes +gross - discounts/);
    expect(await shop.json('warehouse', 'describe', 'load_progress')).toMatchObject({
      kind: 'table',
      columns: [{ name: 'through_position', type: 'VARCHAR', nullable: false }, {}, {}],
    });
  });

  it('is written to a folder of Parquet files, a file for each table and view', async () => {
    const folder = path.join(shop.folder, 'power-bi');
    const written = await shop.json<Record<string, number>>('warehouse', 'export', '--parquet', folder);
    expect(written).toMatchObject({ fact_orders: SAMPLE_LINES });
    const names = (await readdir(folder)).map((name) => name.replace(/\.parquet$/, ''));
    expect(names.sort()).toEqual(Object.keys(written).sort());
  });

  it('marks the holidays that are configured, without new files too', async () => {
    const file = path.join(shop.folder, 'holidays.csv');
    await writeFile(file, '2025-04-18,Good Friday\n12-25,Christmas Day\n');
    const env = { ...shop.env, HOLIDAYS_PATH: file };
    const marked = () =>
      shop.json(
        'warehouse',
        'query',
        'SELECT date, holiday_name AS name FROM dim_date WHERE is_holiday ORDER BY 1',
      );
    expect(await launchProgram(['warehouse', 'load'], env).ended).toMatchObject({ exitCode: 0 });
    expect(await marked()).toEqual([
      { date: '2025-04-18', name: 'Good Friday' },
      { date: '2025-12-25', name: 'Christmas Day' },
    ]);
    await writeFile(file, '2025-04-18,Good Friday\nChristmas\n');
    expect(await launchProgram(['warehouse', 'load'], env).ended).toEqual(
      refusal(2, /Configuration: HOLIDAYS_PATH=.*\.csv, line 2: give 2026-04-03,Name or 12-25,Name\n$/),
    );
    await load();
    expect(await marked()).toEqual([]);
  });

  it('refuses wrong input with 2 and one line', async () => {
    const out = (name: string) => ['query', 'SELECT 1', '--output', path.join(shop.folder, name)];
    for (const [args, message] of [
      [['load', '--target', 'oracle'], /--target oracle: give duckdb or snowflake\./],
      [['verify', '--target', 'oracle'], /--target oracle: give duckdb or snowflake\./],
      [['verify', '--since', 'March'], /--since March: give a day, or a time such as/],
      [['init', '--target', 'oracle'], /--target oracle: give duckdb or snowflake\./],
      [['query', 'SELECT 1', '--target', 'snowflake'], /There is no Snowflake: give SNOWFLAKE_ACCOUNT/],
      [out('a.xlsx'), /--output .*a\.xlsx: give a \.csv, \.parquet or \.json file\./],
      [out('none/a.csv'), /--output .*a\.csv: there is no folder .*none\./],
      [['query', 'SELECT 1', '--file', 'a.sql'], /Give the query either as an argument or with --file/],
      [['query', '--file', 'none.sql'], /--file none\.sql cannot be read: .*no such file/],
      [['query', 'SELECT 1', '--format', 'xml'], /--format xml: give table, csv, md, json\./],
      [['query', 'SELECT 1', '--format', 'csv', '--json'], /Give either --format or --json/],
      [[...out('a.csv'), '--format', 'csv'], /Give either --format or --output/],
      [['query', 'SELECT 1', '--spreadsheet-safe'], /--spreadsheet-safe is for CSV/],
      [['describe', 'fact_sales'], /There is no table or view fact_sales\. There are: .*fact_orders/],
      [['export'], /error: required option '--parquet <folder>' not specified/],
    ] as const)
      expect({ args, ...(await warehouse(...args)) }).toEqual({ args, ...refusal(2, message) });
  });

  it('refuses what is no query with 1, and says what is wrong with one', async () => {
    for (const [sql, message] of [
      ['DROP TABLE fact_orders', /^Error: Only queries are allowed here; this is DROP\n$/],
      ['SELECT 1; SELECT 2', /^Error: One query at a time: this is 2 statements\n$/],
      [' ', /^Error: There is no query\n$/],
      ['SELECT * FROM nothing', /^Error: .*Table with name nothing does not exist/],
    ] as const)
      expect(await warehouse('query', sql)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: expect.stringMatching(message),
      });
  });

  it('finds a row of the warehouse that was changed, and is made anew with init --rebuild', async () => {
    await inDuckDb(
      warehouseFile(),
      "UPDATE fact_orders SET net_amount = net_amount + 1 WHERE order_id = 'S-000007' AND line_number = 1",
    );
    expect(await differences()).toMatchObject([
      { dataset: 'order_lines', day: '2025-01-08', firstPosition: expect.stringMatching(/^\d+$/) },
    ]);
    expect((await warehouse('verify')).stdout).toMatch(
      /DIFFERENT\.\ndataset +day[\s\S]*order_lines +2025-01-08/,
    );
    expect(await warehouse('init')).toMatchObject({ exitCode: 0 });
    await differences();
    expect(await warehouse('init', '--rebuild')).toMatchObject({ exitCode: 0 });
    expect(await warehouse('verify')).toEqual(refusal(1, /Error: Nothing was loaded yet/));
    await load();
    await expectVerified();
  });

  it('ends a load with 130 at Ctrl-C, and the warehouse is as it was', async () => {
    await warehouse('init', '--rebuild');
    const next = `${warehouseFile()}.next`;
    const { process: child, ended } = launchProgram(['warehouse', 'load'], shop.env);
    while (!existsSync(next)) await delay(5);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(existsSync(next)).toBe(false);
    const count = 'SELECT count(*)::INTEGER AS files FROM load_ledger';
    expect(await shop.json('warehouse', 'query', count)).toEqual([{ files: 0 }]);
    await load();
    await expectVerified();
  });

  it('names a file of the lake that was changed, in a verification and in a load', async () => {
    const folder = path.join(shop.lake, 'order_lines/data');
    const name = (await readdir(folder, { recursive: true })).find((found) => found.endsWith('.parquet'));
    const file = path.join(folder, name as string);
    const kept = path.join(shop.folder, 'kept.parquet');
    await copyFile(file, kept);
    const changed = 'SELECT * REPLACE ((net + 1)::DECIMAL(18, 4) AS net)';
    await inDuckDb(':memory:', `COPY (${changed} FROM '${kept}' LIMIT 10000) TO '${file}' (FORMAT parquet)`);
    const { exitCode, stderr } = await warehouse('verify');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining(`Error: order_lines/data/${name} of the lake is damaged`),
    });
    await warehouse('init', '--rebuild');
    expect((await warehouse('load')).stderr).toContain(`order_lines/data/${name} of the lake is damaged`);
    await rename(kept, file);
    await load();
    await expectVerified();
  });

  it('explains every command', async () => {
    for (const name of ['init', 'load', 'verify', 'query', 'export']) {
      const { exitCode, stdout } = await warehouse(name, '--help');
      expect({ name, exitCode, stdout }).toEqual({
        name,
        exitCode: 0,
        stdout: expect.stringMatching(/^Usage: tidemark warehouse .*\n\n[A-Z][\s\S]*\.\n\n/),
      });
    }
  });
});

describe('tidemark warehouse in Snowflake', () => {
  let double: SnowflakeDouble;
  let env: Record<string, string>;

  beforeAll(async () => {
    double = await startDouble();
    env = {
      SNOWFLAKE_ACCOUNT: 'myorg-shop',
      SNOWFLAKE_USER: 'LOADER',
      SNOWFLAKE_TOKEN: TOKEN,
      SNOWFLAKE_WAREHOUSE: 'LOAD_WH',
      SNOWFLAKE_DATABASE: 'SHOP',
      SNOWFLAKE_ACCESS_URL: double.url,
    };
  });
  afterAll(() => double.stop());

  const run = (...args: string[]) => launchProgram(args, { ...shop.env, ...env }).ended;

  it('is made and loaded, with a log of its statements and their rows', async () => {
    expect(await run('warehouse', 'init')).toMatchObject({
      exitCode: 0,
      stdout: 'The warehouse is there: Snowflake myorg-shop, SHOP.PUBLIC\n',
    });
    const { exitCode, stdout, stderr } = await run('warehouse', 'load', '--json');
    expect(exitCode).toBe(0);
    const { files, written } = JSON.parse(stdout) as Loaded & { written: Record<string, number> };
    expect(files).toBeGreaterThan(0);
    expect(written).toMatchObject({ stg_order_lines: SAMPLE_LINES, fact_orders: SAMPLE_LINES });
    const log = stderr
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { level: string; sql: string; rows: number });
    expect(log).toContainEqual(
      expect.objectContaining({
        level: 'info',
        sql: expect.stringContaining('MERGE INTO stg_order_lines'),
        rows: SAMPLE_LINES,
      }),
    );
    expect(stderr).not.toContain(TOKEN);
  });

  it('is not asked when there is nothing new', async () => {
    const before = double.requests.length;
    const { exitCode, stdout } = await run('warehouse', 'load', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ files: 0 });
    expect(double.requests.slice(before)).toEqual([]);
  });

  it('takes holidays without new files, and is not asked again for the same ones', async () => {
    const file = path.join(shop.folder, 'snowflake-holidays.csv');
    await writeFile(file, '12-25,Christmas Day\n');
    const loadWith = (variables: Record<string, string>) =>
      launchProgram(['warehouse', 'load'], { ...shop.env, ...env, ...variables }).ended;
    expect(await loadWith({ HOLIDAYS_PATH: file })).toMatchObject({ exitCode: 0 });
    const marked = 'SELECT holiday_name AS name FROM dim_date WHERE is_holiday';
    const { stdout } = await run('warehouse', 'query', marked, '--json');
    expect(JSON.parse(stdout)).toEqual([{ NAME: 'Christmas Day' }]);
    const before = double.requests.length;
    expect(await loadWith({ HOLIDAYS_PATH: file })).toMatchObject({ exitCode: 0 });
    expect(double.requests.slice(before)).toEqual([]);
    expect(await loadWith({})).toMatchObject({ exitCode: 0 });
    expect(JSON.parse((await run('warehouse', 'query', marked, '--json')).stdout)).toEqual([]);
  });

  it('answers queries, and agrees with the event store until a row is changed', async () => {
    const { stdout } = await run('warehouse', 'query', 'SELECT COUNT(*) AS lines FROM fact_orders', '--json');
    expect(JSON.parse(stdout)).toEqual([{ LINES: String(SAMPLE_LINES) }]);
    await expectVerified(env);
    const connection = await double.database.connect();
    await connection.run("UPDATE fact_orders SET net_amount = net_amount + 1 WHERE order_id = 'S-000007'");
    connection.closeSync();
    expect(await differences(env)).toMatchObject([{ dataset: 'order_lines', day: '2025-01-08' }]);
    expect(await run('warehouse', 'init', '--rebuild')).toMatchObject({ exitCode: 0 });
    expect(await run('warehouse', 'load')).toMatchObject({ exitCode: 0 });
    await expectVerified(env);
  });

  it('is left for the file on this machine where --target says so', async () => {
    const before = double.requests.length;
    expect(await run('warehouse', 'init', '--target', 'duckdb')).toMatchObject({ exitCode: 0 });
    const { stdout } = await run('warehouse', 'query', 'SELECT 1 AS a', '--json', '--target', 'duckdb');
    expect(JSON.parse(stdout)).toEqual([{ a: 1 }]);
    expect(double.requests.slice(before)).toEqual([]);
  });

  it('has no files written by queries, nor a folder of Parquet files', async () => {
    const file = path.join(shop.folder, 'a.csv');
    expect(await run('warehouse', 'query', 'SELECT 1', '--output', file)).toEqual(
      refusal(2, /--output is not possible with Snowflake; take --format csv > FILE\./),
    );
    expect(await run('warehouse', 'export', '--parquet', shop.folder, '--target', 'snowflake')).toEqual(
      refusal(2, /Only the DuckDB warehouse can be exported\./),
    );
  });

  it('is signed in to by doctor, which says when that is refused', async () => {
    expect((await run('doctor')).stdout).toMatch(/ok +warehouse +Snowflake myorg-shop, .* as LOADER/);
    const refused = { ...shop.env, ...env, SNOWFLAKE_TOKEN: 'of another' };
    const { exitCode, stdout } = await launchProgram(['doctor'], refused).ended;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/fail +warehouse +/);
    expect(stdout).not.toContain('of another');
  });
});

describe('tidemark warehouse load beside tidemark start', () => {
  it('brings in what the exporter of the running program has taken to the lake', async () => {
    const program = await startProgram(shop.env);
    try {
      await shop.importAgain('T');
      while ((await shop.status()).get('orders')?.rows !== 2 * SAMPLE_ORDERS) await delay(200);
      expect((await load()).files).toBeGreaterThan(0);
      const sql = 'SELECT count(*)::INTEGER AS lines FROM fact_orders';
      expect(await shop.json('warehouse', 'query', sql)).toEqual([{ lines: 2 * SAMPLE_LINES }]);
    } finally {
      expect((await program.end()).exitCode).toBe(0);
    }
    await load();
    expect((await warehouse('verify')).stdout).toContain('all equal');
  });
});

describe('tidemark warehouse beside a log that grows', () => {
  let own: LakeProgram;
  beforeAll(async () => {
    own = await createLakeProgram();
  });
  afterAll(() => own.remove());

  it('says how far it is behind the log, and waits for the lake where it is told to', async () => {
    await own.json('export', 'run');
    await own.json('warehouse', 'load');
    await own.importAgain('W');
    const asked = await own.run('warehouse', 'query', 'SELECT 1 AS a');
    expect(asked.stderr).toMatch(/^as of .* UTC, 320 events behind the log\n$/);
    const { freshness } = await own.json<Fresh>('warehouse', 'load');
    expect(freshness.eventsBehind).toBe(SAMPLE_ORDERS);
    expect((await own.run('export', 'status')).stdout).toMatch(/^Lake: .*, as of .* events behind the log\n/);
    const waited = await own.run('warehouse', 'load', '--wait');
    expect({ ...waited, stderr: waited.stderr.split('\n').at(-2) }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^No exporter is at work, .*`tidemark export run`/),
    });
    const server = await startProgram({ ...own.env, TIDEMARK_ROLES: 'api,exporter' });
    try {
      expect(await own.json('warehouse', 'load', '--wait')).toMatchObject({
        freshness: { eventsBehind: 0 },
      });
      const metrics = await (await fetch(server.at('/metrics'))).text();
      expect(metrics).toMatch(/^tidemark_lake_lag_events 0$/m);
      expect(metrics).toMatch(/^tidemark_lake_position \d+$/m);
    } finally {
      await server.end();
    }
    expect(await own.json('warehouse', 'verify')).toMatchObject({
      equal: true,
      freshness: { eventsBehind: 0 },
    });
  });
});
