import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, type Json } from './support/api';
import { createTestDatabase, type TestDatabase } from './support/database';
import { type RunningProgram, startProgram } from './support/program';
import { TcpProxy } from './support/tcp-proxy';

/** A scrape that hangs would take as long as a statement may wait for a connection. */
const METRICS_BOUND_MS = 10_000;

let folder: string;
let database: TestDatabase;
let proxy: TcpProxy;
let program: RunningProgram;
let log = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-away-'));
  database = await createTestDatabase();
  const url = new URL(database.url);
  proxy = await TcpProxy.open(url.hostname, Number(url.port));
  url.host = `127.0.0.1:${proxy.port}`;
  program = await startProgram({
    DATABASE_URL: url.href,
    TIDEMARK_DATA_DIR: folder,
    TIDEMARK_ROLES: 'api,projector',
  });
  program.process.stdout?.on('data', (chunk) => {
    log += chunk;
  });
  await eventually(async () => (await get('/readyz')).status === 200);
});
afterAll(async () => {
  await program.end();
  await proxy.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string) => fetch(program.at(path), { signal: AbortSignal.timeout(METRICS_BOUND_MS) });

async function post(query: string): Promise<Json> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(program.at('/graphql'), {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  return response.json();
}

const QUERY = '{ order(id: "x") { id } }';
const place = (
  id: string,
) => `mutation { placeOrder(input: { idempotencyKey: "${id}", orderId: "${id}", country: "DE",
  currency: "EUR", lines: [{ productId: "p", unitPrice: "1", quantity: 1 }] }) { __typename } }`;
const unavailable = { code: 'STORE_UNAVAILABLE', retryAfterMs: expect.any(Number) };

it('queries are told when to come again, once in the log, while the database is away', async () => {
  await proxy.refuse();
  for (let i = 0; i < 50; i++)
    expect((await post(QUERY)).errors).toEqual([expect.objectContaining({ extensions: unavailable })]);
  expect((await post('{ anomalies(currency: "EUR") { asOf { position } } }')).errors[0].extensions).toEqual(
    unavailable,
  );
  const metrics = await get('/metrics');
  expect(metrics.status).toBe(200);
  expect(await metrics.text()).toContain('nodejs_heap_size_used_bytes');
  expect((await get('/readyz')).status).toBe(503);
  await proxy.listen();
  await eventually(async () => (await post(QUERY)).data?.order === null);
  await eventually(async () => (await get('/readyz')).status === 200);
  const lines = log.split('\n').filter((line) => line.includes('operations are refused'));
  expect(lines).toHaveLength(1);
  expect(log).not.toContain('operation failed');
});

it('/metrics answers while the database takes connections and says nothing', async () => {
  proxy.stall();
  expect((await get('/metrics')).status).toBe(200);
  proxy.cut();
  await eventually(async () => (await get('/readyz')).status === 200);
});

it('/readyz is not ok while appends fail, as on a full disk, and is again after one succeeded', async () => {
  await database.pool.query(`
    CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
    CREATE TRIGGER disk_full BEFORE INSERT ON tidemark.events EXECUTE FUNCTION disk_full()`);
  expect((await post(place('a'))).errors[0].extensions).toEqual(unavailable);
  const refused = await get('/readyz');
  expect(refused.status).toBe(503);
  expect(((await refused.json()) as Json).checks).toMatchObject({
    database: 'ok',
    appends: expect.stringContaining('No space left on device'),
  });
  await database.pool.query('DROP TRIGGER disk_full ON tidemark.events');
  expect((await post(place('a'))).data.placeOrder.__typename).toBe('OrderAccepted');
  expect((await get('/readyz')).status).toBe(200);
});
