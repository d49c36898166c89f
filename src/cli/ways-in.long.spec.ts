import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { launchProgram, type RunningProgram, runProgram, startProgram } from '../../test/support/program';
import { migrate } from '../postgres/migrate';
import { migrationFolders } from '../runtime/migrations';

const SAMPLE = path.join(__dirname, '../../samples/orders.csv');

let database: TestDatabase;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'tidemark-e2e-'));
  env = { DATABASE_URL: database.url, TIDEMARK_DATA_DIR: path.join(folder, 'data') };
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('tidemark import orders', () => {
  it('imports the sample, and adds nothing the second time', async () => {
    const args = ['import', 'orders', SAMPLE, '--credit-note-prefix', 'C', '--json'];
    const first = await runProgram(args, env);
    expect(first).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(first.stdout)).toMatchObject({ orders: 320, creditNotes: 9, rejected: { rows: 0 } });
    expect(first.stderr).toMatch(/Imported 329 of 329/);
    const second = await runProgram(args, env);
    expect(JSON.parse(second.stdout)).toMatchObject({ orders: 0, creditNotes: 0, alreadyThere: 329 });
  });

  it('ends with 3 when rows were rejected, and with 2 when the file cannot be used', async () => {
    const header =
      'order_id,ordered_at,country,currency,product_id,product_name,category,unit_price,quantity';
    const file = path.join(folder, 'orders.csv');
    await writeFile(
      file,
      `${header}\nA,2024-01-01,France,EUR,P1,Pan,Kitchen,1,1\nB,2024-01-01,France,EUR,P1,Pan,Kitchen,1,0\n`,
    );
    const rejecting = await runProgram(['import', 'orders', file], env);
    expect(rejecting.exitCode).toBe(3);
    expect(rejecting.stdout).toMatch(
      /1 orders left out, 1 rows\n +1 x quantity must not be zero \(first: row 3\)/,
    );

    for (const [args, message] of [
      [['none.csv'], /Cannot read none\.csv: there is no such file\nNothing was imported/],
      [[file, '--map', 'tax=VAT'], /no column is called "VAT"/],
      [[file, '--map', 'tax'], /Give it as field=value/],
      [[file, '--time-zone', 'Mars/Olympus'], /--time-zone Mars\/Olympus/],
      [[file, '--encoding', 'ebcdic'], /Allowed choices are utf-8/],
      [[file, '--delimiter', ';;'], /one character/],
    ] as const) {
      const refused = await runProgram(['import', 'orders', ...args], env);
      expect(refused.stderr).toMatch(message);
      expect(refused.exitCode).toBe(2);
    }
  });

  it('ends with 130 at Ctrl-C in the middle, and the same command goes on where it was', async () => {
    const args = ['import', 'orders', SAMPLE, '--credit-note-prefix', 'C', '--concurrency', '1', '--json'];
    const { pool } = database;
    await migrate(pool, migrationFolders);
    const holdsAppends = await pool.connect();
    await holdsAppends.query('BEGIN; LOCK TABLE tidemark.events IN SHARE MODE');
    const { process: child, ended } = launchProgram(args, env);
    const waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'tidemark.events'::regclass";
    while ((await pool.query(waiting)).rowCount === 0) await delay(20);
    child.kill('SIGINT');
    await holdsAppends.query('ROLLBACK');
    holdsAppends.release();

    const stopped = await ended;
    expect(stopped).toMatchObject({
      exitCode: 130,
      stderr: expect.stringMatching(/Stopped before the end\. The same command goes on where it was\.\n$/),
    });
    expect(JSON.parse(stopped.stdout)).toMatchObject({ interrupted: true });
    const second = await runProgram(args, env);
    expect(second.exitCode).toBe(0);
    const { interrupted, orders, creditNotes, alreadyThere } = JSON.parse(second.stdout);
    expect({ interrupted, documents: orders + creditNotes + alreadyThere }).toEqual({
      interrupted: false,
      documents: 329,
    });
    expect(orders).toBeGreaterThan(0);
  });
});

describe('tidemark simulate', () => {
  let program: RunningProgram;
  beforeEach(async () => {
    program = await startProgram(env);
  });
  afterEach(async () => {
    await program.end();
  });

  async function untilReportingIn(currency: string): Promise<void> {
    for (let found: unknown; found !== currency; ) {
      const response = await fetch(program.at('/graphql'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ categoryRevenue { currency } }"}',
      });
      const { data } = (await response.json()) as { data?: { categoryRevenue: { currency: string } } };
      found = data?.categoryRevenue.currency;
    }
  }

  it('sends orders that the API accepts, the same ones for the same seed', async () => {
    const args = ['simulate', '--url', program.at('/graphql'), '--rate', '50', '--duration', '2', '--json'];
    const first = await runProgram([...args, '--run-id', 'a', '--currencies', 'EUR,GBP,JPY'], env);
    expect(first.exitCode).toBe(0);
    const report = JSON.parse(first.stdout);
    expect(report.failures).toEqual({});
    expect(report).toMatchObject({ runId: 'a', orders: 100, duplicates: 0 });
    expect(report.byOperation.placeOrder).toEqual({ sent: 100, accepted: 100 });
    const again = await runProgram([...args, '--run-id', 'a', '--currencies', 'EUR,GBP,JPY'], env);
    const repeated = JSON.parse(again.stdout);
    expect(repeated).toMatchObject({ orders: 100, failed: 0 });
    expect(repeated.duplicates).toBeGreaterThanOrEqual(100);
  });

  it('takes the currency that the store reports in, and no other first', async () => {
    const args = [
      'simulate',
      '--url',
      program.at('/graphql'),
      '--rate',
      '50',
      '--count',
      '5',
      '--duration',
      '1',
    ];
    await runProgram([...args, '--run-id', 'a', '--currencies', 'GBP'], env);
    await untilReportingIn('GBP');
    const own = await runProgram([...args, '--run-id', 'b', '--json'], env);
    expect(JSON.parse(own.stdout)).toMatchObject({ orders: 5, failed: 0 });
    const other = await runProgram([...args, '--run-id', 'c', '--currencies', 'EUR,GBP'], env);
    expect(other).toMatchObject({ exitCode: 2, stdout: '' });
    expect(other.stderr).toMatch(/the store reports in GBP, so GBP must come first/);
  });

  it('tells why orders are refused', async () => {
    const args = [
      'simulate',
      '--url',
      program.at('/graphql'),
      '--rate',
      '100',
      '--count',
      '20',
      '--duration',
      '5',
    ];
    await runProgram([...args, '--run-id', 'b', '--seed', '1', '--json', '--duration', '0.3'], env);
    const other = await runProgram(
      [...args, '--run-id', 'b', '--seed', '2', '--json', '--duration', '0.3'],
      env,
    );
    expect(JSON.parse(other.stdout).failures.IDEMPOTENCY_KEY_REUSED).toBeGreaterThan(0);
  });

  it('says so when nobody answers, or somebody else does', async () => {
    const nobody = await runProgram(['simulate', '--url', 'http://127.0.0.1:1/graphql'], env);
    expect(nobody).toMatchObject({ exitCode: 1, stdout: '' });
    expect(nobody.stderr).toMatch(/^Nobody answers at http:\/\/127\.0\.0\.1:1\/graphql: .*ECONNREFUSED.*\n$/);
    const other = await runProgram(['simulate', '--url', program.at('/livez')], env);
    expect(other.exitCode).toBe(1);
  });
});

describe('tidemark demo', () => {
  it('shows numbers that move, and leaves nothing behind', async () => {
    const { exitCode, stdout, stderr } = await runProgram(['demo', '--duration', '6'], { TMPDIR: folder });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/Imported 320 orders and 9 credit notes/);
    expect(stdout).toMatch(/Tidemark serves at http:\/\/127\.0\.0\.1:\d+\/graphql/);
    const orders = [...stdout.matchAll(/^orders (\d+)/gm)].map(([, count]) => Number(count));
    expect(orders[0]).toBeGreaterThanOrEqual(320);
    expect(orders.at(-1)).toBeGreaterThan(orders[0] ?? Number.POSITIVE_INFINITY);
    expect(await readdir(folder)).toEqual([]);
  });
});
