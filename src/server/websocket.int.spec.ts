import { once } from 'node:events';
import { WebSocket } from 'ws';
import { eventually, startTestApi, type TestApi } from '../../test/support/api';
import { LIMITS } from '../graphql/limits';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const url = () => `${api.url.replace('http', 'ws')}/graphql`;

/** A raw connection that speaks the protocol, for what no well-behaved client would do. */
async function connect(): Promise<{ socket: WebSocket; received: Record<string, unknown>[] }> {
  const socket = new WebSocket(url(), 'graphql-transport-ws');
  const received: Record<string, unknown>[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await eventually(() => received.some(({ type }) => type === 'connection_ack'));
  return { socket, received };
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = await once(socket, 'close');
  return code as number;
}

/** What the upgrade is answered with instead of a connection. */
function refusal(address: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, 'graphql-transport-ws', { headers });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('open', () => reject(new Error('It was taken')));
    socket.on('error', () => {});
  });
}

it('is only at /graphql', async () => {
  expect(await refusal(url().replace('/graphql', '/other'))).toBe(404);
});

it('is not for pages of other sites', async () => {
  expect(await refusal(url(), { origin: 'https://evil.example' })).toBe(403);
  expect(await refusal(url(), { origin: 'null' })).toBe(403);
  const own = new WebSocket(url(), 'graphql-transport-ws', { headers: { origin: api.url } });
  await once(own, 'open');
  own.close();
});

it('closes on a message above the limit', async () => {
  const { socket } = await connect();
  socket.send(
    JSON.stringify({ id: '1', type: 'subscribe', payload: { query: ' '.repeat(LIMITS.bodyBytes) } }),
  );
  expect(await closeCode(socket)).toBe(1009);
});

it('closes on what is no message', async () => {
  const { socket } = await connect();
  socket.send('hello');
  expect(await closeCode(socket)).toBe(4400);
});

const SUBSCRIBE = { type: 'subscribe', payload: { query: 'subscription { orderChanged(id: "x") { id } }' } };

it.each([
  ['of a server', { type: 'next', id: '1', payload: {} }],
  ['of nobody', { type: 'hello' }],
  ['without what it needs', { type: 'subscribe', id: '1', payload: {} }],
])('closes with 4400 on a message %s, and logs no stack', async (_, message) => {
  const { socket } = await connect();
  socket.send(JSON.stringify(message));
  expect(await closeCode(socket)).toBe(4400);
  expect(api.log).toEqual([]);
});

it('closes with 4409 on an id that is taken, however long it is', async () => {
  const { socket } = await connect();
  const message = JSON.stringify({ ...SUBSCRIBE, id: 'ä'.repeat(128) });
  socket.send(message);
  socket.send(message);
  expect(await closeCode(socket)).toBe(4409);
  expect(api.log).toEqual([]);
});

it('closes on text that is not UTF-8, and on what is no text', async () => {
  const text = Buffer.from(JSON.stringify({ ...SUBSCRIBE, id: 'caf\u00e9' }), 'latin1');
  const { socket } = await connect();
  socket.send(text, { binary: false });
  expect(await closeCode(socket)).toBe(1007);
  const { socket: other } = await connect();
  other.send(text, { binary: true });
  expect(await closeCode(other)).toBe(4400);
});

it('closes on who does not speak the protocol', async () => {
  expect(await closeCode(new WebSocket(url()))).toBe(4406);
});

it('runs no more than so many operations on one connection', async () => {
  const { socket, received } = await connect();
  const query = 'subscription { orderChanged(id: "nothing") { id } }';
  for (let id = 0; id <= LIMITS.operationsPerSocket; id++)
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  await eventually(() => received.some(({ type }) => type === 'error'));
  expect(received.filter(({ type }) => type === 'error')).toEqual([
    {
      id: String(LIMITS.operationsPerSocket),
      type: 'error',
      payload: [expect.objectContaining({ extensions: { code: 'TOO_MANY_OPERATIONS' } })],
    },
  ]);
  socket.close();
});

it('counts connections and subscriptions, and forgets those that are gone', async () => {
  const metric = async (name: string) => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const SUBSCRIPTIONS = 'tidemark_subscriptions{subscription="orderChanged"}';
  await eventually(async () => (await metric('tidemark_websocket_connections')) === 0);
  const { socket } = await connect();
  const query = 'subscription { orderChanged(id: "nothing") { id } }';
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  await eventually(async () => (await metric(SUBSCRIPTIONS)) === 1);
  expect(await metric('tidemark_websocket_connections')).toBe(1);
  socket.terminate();
  await eventually(async () => (await metric(SUBSCRIPTIONS)) === 0);
  await eventually(async () => (await metric('tidemark_websocket_connections')) === 0);
});

it('closes with 1001 when the server stops, and takes nobody new', async () => {
  const own = await startTestApi();
  const socket = new WebSocket(`${own.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  const closed = closeCode(socket);
  await own.stopServer();
  expect(await closed).toBe(1001);
  await own.close();
});
