import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client as SocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Answer, eventually, type Json, Subscribed } from './support/api';
import { createTestDatabase, type TestDatabase } from './support/database';
import { type RunningProgram, startProgram } from './support/program';
import { Shop } from './support/shop';
import { TcpProxy } from './support/tcp-proxy';

jest.setTimeout(120_000);

let database: TestDatabase;
let proxy: TcpProxy;
let folder: string;
let program: RunningProgram;
let socket: SocketClient;

beforeEach(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  proxy = await TcpProxy.open(url.hostname, Number(url.port));
  url.hostname = '127.0.0.1';
  url.port = String(proxy.port);
  folder = await mkdtemp(join(tmpdir(), 'tidemark-e2e-'));
  const roles = { TIDEMARK_ROLES: 'api,projector' };
  program = await startProgram({ ...roles, DATABASE_URL: url.href, TIDEMARK_DATA_DIR: folder });
  socket = createClient({
    url: `${program.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
});
afterEach(async () => {
  await socket.dispose();
  await program.end('SIGKILL');
  await proxy.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function post(query: string, variables?: object): Promise<Answer<Json>> {
  const response = await fetch(program.at('/graphql'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

async function ask(query: string, variables?: object): Promise<Json> {
  const { data, errors } = await post(query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Connections that were lost are found out one by one: the same command is sent until it has an answer. */
async function insist(send: () => Promise<string>): Promise<string> {
  let token = '';
  const isAnswered = async () => {
    token = await send().catch(() => '');
    return token !== '';
  };
  await eventually(isAnswered);
  return token;
}

const ORDER = 'query($id: ID!, $c: ConsistencyInput) { order(id: $id, consistency: $c) { status } }';

test('subscriptions go on where they were when the database comes back', async () => {
  const shop = new Shop({ ask });
  for (let n = 0; n < 6; n++) await shop.place(`o${n}`, { customerId: 'ada', price: `1${n}.00` });
  const token = await shop.place('o6', { customerId: 'ada', price: '16.00' });
  await ask(ORDER, { id: 'o6', c: { token } });
  await ask(
    `query($c: ConsistencyInput) {
      rfm(consistency: $c) { population } anomalies(consistency: $c) { totalCount } }`,
    {
      c: { token },
    },
  );
  const metrics = new Subscribed(
    socket,
    'subscription { liveMetrics(everyMs: 50) { orders asOf { position } } }',
  );
  const order = new Subscribed(socket, 'subscription { orderChanged(id: "o6") { status } }');
  const anomalies = new Subscribed(
    socket,
    `subscription { orderAnomalies(after: "${token}") { orderId order { id status } } }`,
  );
  const moves = new Subscribed(
    socket,
    `subscription { segmentMoves(after: "${token}") { customerId customer { id country } } }`,
  );
  await metrics.next();
  expect(await order.next()).toEqual({ orderChanged: { status: 'PLACED' } });
  const [anomaly, move] = [anomalies.next(), moves.next()];

  await proxy.refuse();
  await eventually(async () => (await post(ORDER, { id: 'o6' })).errors !== undefined);
  const begunWithoutOne = [
    new Subscribed(socket, `subscription { orderAnomalies(after: "${token}") { orderId } }`),
    new Subscribed(socket, `subscription { segmentMoves(after: "${token}") { customerId } }`),
    new Subscribed(socket, 'subscription { orderChanged(id: "o6") { status } }'),
  ].map((subscribed) => subscribed.next());
  for (const first of begunWithoutOne) first.catch(() => {});
  await eventually(async () => (await post(ORDER, { id: 'o6' })).errors !== undefined);
  await proxy.listen();

  await eventually(async () => (await post(ORDER, { id: 'o6' })).errors === undefined);
  const paid = await insist(() => shop.pay('o6'));
  const last = await insist(() => shop.place('huge', { customerId: 'bob', price: '90000.00' }));
  expect(paid < last).toBe(true);
  expect(await order.next()).toEqual({ orderChanged: { status: 'PAID' } });
  expect(await anomaly).toEqual({
    orderAnomalies: { orderId: 'huge', order: { id: 'huge', status: 'PLACED' } },
  });
  expect(await move).toEqual({ segmentMoves: { customerId: 'bob', customer: { id: 'bob', country: 'DE' } } });
  expect(await Promise.all(begunWithoutOne)).toEqual([
    { orderAnomalies: { orderId: 'huge' } },
    { segmentMoves: { customerId: 'bob' } },
    { orderChanged: { status: expect.stringMatching(/PLACED|PAID/) } },
  ]);
  for (let at = ''; at < last; ) at = (await metrics.next()).liveMetrics.asOf.position;
});

test('who waits for a token while the database goes away is answered in time', async () => {
  const shop = new Shop({ ask });
  await shop.place('o1');
  // Straight to the database: no projector passes this.
  const holder = await database.pool.connect();
  await holder.query('BEGIN; SELECT FROM tidemark.generations FOR UPDATE');
  const token = await shop.pay('o1');
  const waiting = post(ORDER, { id: 'o1', c: { token, timeoutMs: 1_500 } });
  await proxy.refuse();
  expect((await waiting).errors?.[0]?.extensions).toMatchObject({
    code: 'PROJECTION_LAGGING',
    projection: 'orders',
    token,
  });
  await holder.query('ROLLBACK');
  holder.release();
  await proxy.listen();
  await eventually(async () => {
    const { data } = await post(ORDER, { id: 'o1', c: { token, timeoutMs: 5_000 } });
    return data?.order?.status === 'PAID';
  });
});
