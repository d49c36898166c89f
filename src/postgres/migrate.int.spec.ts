import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { historyDigest, MigrationError, migrate } from './migrate';
import { createPool } from './pool';

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
const run = (scope = 'one') => migrate(database.pool, [{ scope, folder }]);

async function applied(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT scope || '/' || name AS name FROM tidemark.migrations ORDER BY scope, name`,
  );
  return rows.map(({ name }) => name);
}

it('runs every file once, in order, and new ones later', async () => {
  await write('0002_b.sql', 'INSERT INTO tidemark.a VALUES (2)');
  await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int); INSERT INTO tidemark.a VALUES (1)');
  await run();
  await run();
  await write('0003_c.sql', 'INSERT INTO tidemark.a VALUES (3)');
  await run();
  const { rows } = await database.pool.query('SELECT n FROM tidemark.a');
  expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  expect(await applied()).toEqual(['one/0001_a.sql', 'one/0002_b.sql', 'one/0003_c.sql']);
});

it('takes squashed files for those that ran, and runs what came later', async () => {
  await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int)');
  await write('0002_b.sql', 'ALTER TABLE tidemark.a ADD COLUMN m int');
  await run();
  const { rows } = await database.pool.query('SELECT name, checksum FROM tidemark.migrations ORDER BY name');
  await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int, m int)');
  await write('0002_b.sql', 'INSERT INTO tidemark.a VALUES (1, 2)');
  await expect(run()).rejects.toBeInstanceOf(MigrationError);
  const squashed = { [historyDigest(rows)]: 1 };
  await migrate(database.pool, [{ scope: 'one', folder, squashed }]);
  await run();
  expect((await database.pool.query('SELECT n, m FROM tidemark.a')).rows).toEqual([{ n: 1, m: 2 }]);
});

it('keeps the scopes apart', async () => {
  await write('0001_a.sql', 'CREATE TABLE IF NOT EXISTS tidemark.a (n int)');
  await migrate(database.pool, [
    { scope: 'one', folder },
    { scope: 'two', folder },
  ]);
  expect(await applied()).toEqual(['one/0001_a.sql', 'two/0001_a.sql']);
});

it('changes nothing when a file fails, and names it', async () => {
  await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int)');
  await write('0002_b.sql', 'CREATE TABLE tidemark.b (n nonsense)');
  await expect(run()).rejects.toThrow(/one\/0002_b\.sql failed: type "nonsense" does not exist/);
  const { rows } = await database.pool.query(`SELECT to_regclass('tidemark.a') AS a`);
  expect(rows).toEqual([{ a: null }]);
  await write('0002_b.sql', 'CREATE TABLE tidemark.b (n int)');
  await run();
  expect(await applied()).toHaveLength(2);
});

describe('refuses', () => {
  beforeEach(async () => {
    await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int);\n');
    await write('0003_c.sql', 'CREATE TABLE tidemark.c (n int)');
    await run();
  });

  it('a file that was changed after it ran', async () => {
    await write('0001_a.sql', 'CREATE TABLE tidemark.a (n bigint);\n');
    await expect(run()).rejects.toThrow(/0001_a\.sql was changed after it ran/);
  });

  it('a database that is newer than the program', async () => {
    await unlink(join(folder, '0003_c.sql'));
    await expect(run()).rejects.toThrow(/newer than this program: migration one\/0003_c\.sql/);
  });

  it('a file that comes before one that ran', async () => {
    await write('0002_b.sql', 'SELECT 1');
    await expect(run()).rejects.toThrow(/0002_b\.sql stands before 0003_c\.sql/);
  });

  it('a file without a number', async () => {
    await write('later.sql', 'SELECT 1');
    await expect(run()).rejects.toBeInstanceOf(MigrationError);
  });

  it('but takes other line ends', async () => {
    await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int);\r\n');
    await run();
  });
});

it('runs every file once when many programs start at once', async () => {
  await write('0001_a.sql', 'CREATE TABLE tidemark.a (n int)');
  await write('0002_b.sql', 'INSERT INTO tidemark.a VALUES (1)');
  const pools = Array.from({ length: 8 }, () =>
    createPool({ url: database.url, max: 1, applicationName: 'migrator' }),
  );
  await Promise.all(pools.map((pool) => migrate(pool, [{ scope: 'one', folder }])));
  await Promise.all(pools.map((pool) => pool.end()));
  expect((await database.pool.query('SELECT n FROM tidemark.a')).rows).toEqual([{ n: 1 }]);
});
