import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database';
import { until } from '../../test/support/until';
import { Listener } from './listener';

let database: TestDatabase;
let listener: Listener;

beforeEach(async () => {
  database = await createTestDatabase();
  listener = new Listener(database.url);
});
afterEach(async () => {
  await listener.close();
  await database.drop();
});

const notify = (channel: string, payload: string) =>
  database.pool.query('SELECT pg_notify($1, $2)', [channel, payload]);

const sessions = async () =>
  (
    await database.pool.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE '%listener'`,
    )
  ).rows.map(({ pid }) => pid);

it('hands a notification to every handler of its channel, and to no other', async () => {
  const heard: string[] = [];
  await listener.listen('one', (payload) => heard.push(`a:${payload}`));
  await listener.listen('one', (payload) => heard.push(`b:${payload}`));
  await listener.listen('Two; x', (payload) => heard.push(`c:${payload}`));
  await notify('one', '1');
  await notify('Two; x', '2');
  await until(() => heard.length === 3);
  expect(heard).toEqual(['a:1', 'b:1', 'c:2']);
  expect(await sessions()).toHaveLength(1);
});

it('stops a handler without stopping the others', async () => {
  const heard: string[] = [];
  const stop = await listener.listen('one', () => heard.push('stopped'));
  await listener.listen('one', (payload) => heard.push(payload));
  await stop();
  await stop();
  await notify('one', '1');
  await until(() => heard.length > 0);
  expect(heard).toEqual(['1']);
});

it('asks its connection one thing at a time', async () => {
  const { query } = Client.prototype;
  let underWay = 0;
  const atOnce: number[] = [];
  const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(async function (
    this: Client,
    ...statement: unknown[]
  ) {
    atOnce.push(++underWay);
    return Reflect.apply(query, this, statement).finally(() => underWay--);
  } as never);
  try {
    const channels = ['one', 'two', 'three', 'four'];
    const stops = await Promise.all(channels.map((channel) => listener.listen(channel, () => {})));
    await Promise.all([...stops.map((stop) => stop()), listener.listen('five', () => {})]);
    expect(atOnce.length).toBeGreaterThanOrEqual(2 * channels.length + 1);
    expect(new Set(atOnce)).toEqual(new Set([1]));
  } finally {
    spy.mockRestore();
  }
});

it('listens again after the last handler was stopped', async () => {
  const heard: string[] = [];
  const stop = await listener.listen('one', () => heard.push('first'));
  await Promise.all([stop(), listener.listen('one', (payload) => heard.push(payload))]);
  await notify('one', '1');
  await until(() => heard.length > 0);
  expect(heard).toEqual(['1']);
});

it('comes back after a lost connection, and says that something may have been missed', async () => {
  const heard: string[] = [];
  let reconnects = 0;
  await listener.listen(
    'one',
    (payload) => heard.push(payload),
    () => reconnects++,
  );
  await listener.listen('two', (payload) => heard.push(payload));
  for (let round = 1; round <= 2; round++) {
    const [pid] = await sessions();
    await database.pool.query('SELECT pg_terminate_backend($1)', [pid]);
    await until(() => reconnects === round);
    await notify('one', `one-${round}`);
    await notify('two', `two-${round}`);
    await until(() => heard.length === round * 2);
  }
  expect(heard).toEqual(['one-1', 'two-1', 'one-2', 'two-2']);
});

it('waits for a server that refuses at first', async () => {
  const name = new URL(database.url).pathname.slice(1);
  const other = await createTestDatabase();
  try {
    await other.pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    const heard: string[] = [];
    const listening = listener.listen('one', (payload) => heard.push(payload));
    await other.pool.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await listening;
    await notify('one', '1');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['1']);
  } finally {
    await other.drop();
  }
});

it('leaves no connection behind when it is closed', async () => {
  await listener.listen('one', () => {});
  await listener.close();
  await until(async () => (await sessions()).length === 0);
  await expect(listener.listen('one', () => {})).rejects.toThrow();
});
