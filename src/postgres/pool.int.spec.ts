import type { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { until } from '../../test/support/until';
import { createPool, inTransaction } from './pool';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, max: 2, applicationName: 'pool spec' });
  await pool.query('CREATE TABLE numbers (n int)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query('TRUNCATE numbers'));

const count = async () => (await pool.query('SELECT count(*)::int AS n FROM numbers')).rows[0].n;

it('commits what resolves and answers its value', async () => {
  const value = await inTransaction(pool, async (client) => {
    await client.query('INSERT INTO numbers VALUES (1)');
    return 'done';
  });
  expect(value).toBe('done');
  expect(await count()).toBe(1);
});

it('rolls back what rejects, and throws its error', async () => {
  const failed = inTransaction(pool, async (client) => {
    await client.query('INSERT INTO numbers VALUES (1)');
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await count()).toBe(0);
  expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
});

it('works on a connection that the caller holds', async () => {
  const client = await pool.connect();
  try {
    await inTransaction(client, (same) => same.query('INSERT INTO numbers VALUES (1)'));
    await expect(inTransaction(client, (same) => same.query('SELECT nonsense'))).rejects.toThrow('nonsense');
    expect((await client.query('SELECT n FROM numbers')).rows).toEqual([{ n: 1 }]);
  } finally {
    client.release();
  }
});

it('sets isolation and read only', async () => {
  const settings = await inTransaction(
    pool,
    async (client) =>
      (
        await client.query(
          `SELECT current_setting('transaction_isolation') AS isolation,
                  current_setting('transaction_read_only') AS read_only`,
        )
      ).rows[0],
    { isolation: 'repeatable read', readOnly: true },
  );
  expect(settings).toEqual({ isolation: 'repeatable read', read_only: 'on' });
});

it('sets what every statement relies on', async () => {
  const { rows } = await pool.query(
    `SELECT current_setting('TimeZone') AS zone, current_setting('statement_timeout') AS timeout,
            current_setting('jit') AS jit, current_setting('application_name') AS name`,
  );
  expect(rows).toEqual([{ zone: 'UTC', timeout: '0', jit: 'off', name: 'pool spec' }]);
});

it('outlives connections that break while idle, and while held', async () => {
  const client = await pool.connect();
  await pool.query('SELECT 1');
  await database.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pool spec'`,
  );
  await expect(client.query('SELECT 1')).rejects.toThrow();
  client.release(true);
  const answers = () =>
    pool.query('SELECT 1').then(
      () => true,
      () => false,
    );
  await until(answers);
  expect(await count()).toBe(0);
});
