import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { readConfig } from './config';
import { ConfigError } from './errors';
import { openRuntime, type Runtime } from './runtime';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const open = (env: Record<string, string> = {}): Promise<Runtime> =>
  openRuntime(readConfig({ DATABASE_URL: database.url, ...env }), { applicationName: 'a spec' });

test('a server of one’s own is migrated, and any number of processes share it', async () => {
  const [first, second] = await Promise.all([open(), open()]);
  expect(await first.store.identity()).toBe(await second.store.identity());
  expect((await first.pool.query('SELECT count(*)::int AS n FROM read.projections')).rows).toEqual([
    { n: 0 },
  ]);
  expect(new URL(first.databaseDescription).password).toBe('');
  await first.close();
  expect(await second.store.head()).toBeNull();
  await second.close();
});

test('a configuration that contradicts the store is refused by the names of its variables', async () => {
  const runtime = await open();
  const metadata = { schemaVersion: 1, correlationId: 'c', causationId: 'c' };
  const data = { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' };
  await runtime.store.append('store', 'noStream', [
    { id: randomUUID(), type: 'StoreConfigured', data, metadata, occurredAt: Date.now() },
  ]);
  await runtime.close();

  await (await open({ REPORTING_CURRENCY: 'EUR', STORE_TIME_ZONE: 'Europe/Berlin' })).close();
  const currency = open({ REPORTING_CURRENCY: 'USD' });
  await expect(currency).rejects.toThrow(ConfigError);
  await expect(currency).rejects.toThrow(
    'REPORTING_CURRENCY=USD contradicts the store, which was begun with EUR',
  );
  await expect(open({ STORE_TIME_ZONE: 'UTC' })).rejects.toThrow('STORE_TIME_ZONE=UTC contradicts the store');

  // The server takes a moment to forget a connection that was ended here.
  while ((await connections()) > 0) await delay(10);
});

async function connections(): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() ' +
      "AND application_name = 'a spec'",
  );
  return rows[0]?.n ?? 0;
}
