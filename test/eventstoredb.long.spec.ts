import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb.event-store';
import type { ProjectionStatus } from '../src/projections/progress/status';
import type { Finding } from '../src/runtime/finding';
import { type Json, Subscribed } from './support/api';
import { createTestDatabase, type TestDatabase } from './support/database';
import { EventStoreDbDouble } from './support/eventstoredb/double';
import { type RunningProgram, runProgram, startProgram } from './support/program';
import { Shop } from './support/shop';

jest.setTimeout(120_000);

const SAMPLE = join(__dirname, '../samples/orders.csv');
const SAMPLE_ORDERS = 320;
const REVENUE = `query($token: String!) {
  categoryRevenue(consistency: { token: $token, timeoutMs: 20000 }) {
    total { orders net } rows { category net } } }`;
const METRICS =
  'subscription { liveMetrics(currency: "EUR", everyMs: 50) { orders gross asOf { position } } }';

let database: TestDatabase;
let double: EventStoreDbDouble;
let folder: string;
let env: Record<string, string>;
const running: RunningProgram[] = [];

beforeEach(async () => {
  [database, double, folder] = await Promise.all([
    createTestDatabase(),
    EventStoreDbDouble.start(),
    mkdtemp(join(tmpdir(), 'tidemark-e2e-')),
  ]);
  env = { DATABASE_URL: database.url, EVENT_STORE_URL: double.url, TIDEMARK_DATA_DIR: folder };
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.end('SIGKILL');
  await double.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function start(variables = env): Promise<RunningProgram> {
  const program = await startProgram(variables);
  running.push(program);
  return program;
}

const askOf = (program: RunningProgram) => async (query: string, variables?: object) => {
  const response = await fetch(program.at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Json; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};

const shopOf = (program: RunningProgram) => new Shop({ ask: askOf(program) });

/** What `tidemark <args> --json` reports. */
async function report<T>(args: string[], variables = env): Promise<T> {
  const { stdout, stderr } = await runProgram([...args, '--json'], variables);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

/** How often each order was placed, as the log has it. */
async function placements(): Promise<string[]> {
  const store = await openEventStoreDb({ url: double.url });
  const placed: string[] = [];
  for await (const { events } of store.readAll(null))
    placed.push(...events.filter(({ type }) => type === 'OrderPlaced').map(({ stream }) => stream));
  await store.close();
  return placed.sort();
}

test('the program on EventStoreDB: mutations, import, queries, subscription, restart, replay', async () => {
  const first = await start();
  const shop = shopOf(first);
  for (let n = 0; n < 10; n++) await shop.place(`o${n}`, { price: '10.00' });
  expect(await (await fetch(first.at('/readyz'))).json()).toMatchObject({
    checks: { database: 'ok', 'event store': 'ok' },
  });
  const imported = await report<{ orders: number }>([
    'import',
    'orders',
    SAMPLE,
    '--credit-note-prefix',
    'C',
  ]);
  expect(imported).toMatchObject({ orders: SAMPLE_ORDERS, rejected: { rows: 0 } });

  const socket = createClient({
    url: `${first.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const metrics = new Subscribed(socket, METRICS);
  await metrics.next();
  const token = await shop.place('seen', { price: '3.00' });
  for (let at = ''; at < token; ) at = (await metrics.next()).liveMetrics.asOf.position;
  await metrics.end();
  await socket.dispose();

  const before = await askOf(first)(REVENUE, { token });
  expect(before.categoryRevenue.total.orders).toBe(SAMPLE_ORDERS + 11);
  expect((await first.end()).exitCode).toBe(0);

  const second = await start();
  expect(await askOf(second)(REVENUE, { token })).toEqual(before);
  await expect(shopOf(second).place('o1', { price: '10.00' })).resolves.toBeDefined();
  const { projections } = await report<{ projections: Json[] }>(['replay', '--all', '--verify']);
  expect(projections).toHaveLength(6);
  for (const each of projections)
    expect(each).toMatchObject({ switched: true, comparison: { equal: true }, generation: 2 });
  const status = await report<ProjectionStatus[]>(['projections', 'status']);
  const active = status.filter((each) => each.status === 'active');
  expect(active).toHaveLength(6);
  for (const each of active)
    expect(each).toMatchObject({ generation: 2, lagEvents: 0, deadLetters: 0, otherStore: false });
  expect(await askOf(second)(REVENUE, { token })).toEqual(before);
  const findings = await report<Finding[]>(['doctor']);
  expect(findings.find(({ check }) => check === 'event store')?.detail).toContain(`esdb://${double.address}`);
});

test('a server with a million events of other programs is no hindrance', async () => {
  await double.addStrangers(1_000_000);
  const program = await start({ ...env, EVENT_STORE_STREAM_PREFIX: 'shop-' });
  expect(await (await fetch(program.at('/readyz'))).json()).toMatchObject({
    checks: { 'event store': 'ok' },
  });
  const shop = shopOf(program);
  await shop.place('o1');
  await double.addStrangers(1_000);
  await shop.place('o2');
  const { categoryRevenue } = await askOf(program)(REVENUE, { token: shop.token });
  expect(categoryRevenue.total.orders).toBe(2);
  // Whoever asks for its end looks at what is new, and at nothing that was there before this shop.
  expect((await double.census()).scanned).toBeLessThan(100_000);
});

test('an event store that is killed and comes back costs no order and doubles none', async () => {
  const program = await start();
  const shop = shopOf(program);
  await shop.place('first');
  const placing: Promise<string>[] = [];
  const outage = (async () => {
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 40; n++) placing.push(shop.place(`r${round}-${n}`, { price: '1.00' }));
      await Promise.race(placing.slice(-40));
      await double.kill();
      await double.restart();
    }
  })();
  await outage;
  await Promise.all(placing);
  const placed = ['order-first'];
  for (let round = 0; round < 3; round++) for (let n = 0; n < 40; n++) placed.push(`order-r${round}-${n}`);
  expect(await placements()).toEqual(placed.sort());
  const { categoryRevenue } = await askOf(program)(REVENUE, { token: shop.token });
  expect(categoryRevenue.total).toEqual({ orders: 121, net: '130.00' });
});

test('a server that is away is one clear error without the password, and what needs doing', async () => {
  const away = { ...env, EVENT_STORE_URL: 'esdb://shop:hunter2@127.0.0.1:9?tls=false' };
  const { exitCode, stdout, stderr } = await runProgram(['start'], { ...away, PORT: '0' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: expect.not.stringContaining('hunter2') });
  expect(stderr).toMatch(
    /^Error: EVENT_STORE_URL \(esdb:\/\/shop@127\.0\.0\.1:9\) cannot be used: .*ECONNREFUSED.*\n$/,
  );
  expect(stderr).toContain(' Start EventStoreDB there, or correct the URL ');
  const findings = await report<Finding[]>(['doctor'], away);
  expect(findings.find(({ check }) => check === 'event store')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('ECONNREFUSED'),
  });
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('a wrong password is one clear error, and the right one serves over TLS', async () => {
  const guarded = await EventStoreDbDouble.start({}, { user: 'shop', password: 's3cret' });
  try {
    const wrong = { ...env, PORT: '0', EVENT_STORE_URL: guarded.userUrl.replace('s3cret', 'hunter2') };
    const { exitCode, stderr } = await runProgram(['start'], wrong);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        `Error: EVENT_STORE_URL (esdb://shop@${guarded.address}) cannot be used: ` +
        'the server refuses the user or the password. ' +
        'Correct them in the URL, where special characters are percent-encoded.\n',
    });
    const shop = shopOf(await start({ ...env, EVENT_STORE_URL: guarded.userUrl }));
    await expect(shop.place('o1')).resolves.toBeDefined();
  } finally {
    for (const program of running.splice(0)) await program.end();
    await guarded.stop();
  }
});

test('an event store that the read models are not of is refused until they are rebuilt from it', async () => {
  const postgres = { DATABASE_URL: database.url, TIDEMARK_DATA_DIR: folder };
  const begun = await start(postgres);
  const there = shopOf(begun);
  await there.place('o1');
  await askOf(begun)(REVENUE, { token: there.token });
  await begun.end();

  for (const [variables, orders] of [
    [env, 0],
    [postgres, 1],
  ] as const) {
    const refused = await runProgram(['start'], { ...variables, PORT: '0' });
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /^Error: Read model \S+: The checkpoint belongs to event store \S+, but this is event store /,
    );
    expect(refused.stderr).toMatch(/`tidemark replay --all`\.\n$/);
    const findings = await report<Finding[]>(['doctor'], variables);
    const failing = findings.filter(({ status }) => status === 'fail').map(({ check }) => check);
    expect(failing.filter((check) => check.startsWith('projection '))).toHaveLength(6);
    // The lake belongs to the store that it was begun with.
    expect(failing.includes('lake')).toBe(variables === env);
    const status = await report<ProjectionStatus[]>(['projections', 'status'], variables);
    expect(status.filter(({ status: is }) => is === 'active').map(({ otherStore }) => otherStore)).toEqual(
      Array(6).fill(true),
    );
    const verified = await runProgram(['replay', '--all', '--verify'], variables);
    expect(verified.stderr).toContain('was built from another event store');
    const replayed = await runProgram(['replay', '--all'], variables);
    expect({ ...replayed, stdout: '' }).toMatchObject({ exitCode: 0 });
    const program = await start(variables);
    const { categoryRevenue } = await askOf(program)(
      'query { categoryRevenue(currency: "EUR") { total { orders } } }',
    );
    expect(categoryRevenue.total.orders).toBe(orders);
    await program.end();
  }
});
