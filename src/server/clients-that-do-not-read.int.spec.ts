import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { eventually, Subscribed, startTestApi, type TestApi } from '../../test/support/api';
import { Shop } from '../../test/support/shop';
import { LIMITS } from '../graphql/limits';

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
  await shop.place('watched');
  const lines = Array.from({ length: 1_500 }, (_, i) => ({
    productId: `p${i}`,
    productName: 'x'.repeat(490),
    unitPrice: '1.00',
    quantity: 1,
  }));
  await shop.placeLines('large', lines);
}, 60_000);
afterAll(() => api.close());

/** An answer of three quarters of a megabyte. */
const LARGE = '{ order(id: "large") { lines { productName quantity } } }';

/** A raw connection that speaks the protocol, for what no well-behaved client would do. */
async function connect(): Promise<{
  socket: WebSocket;
  received: Record<string, unknown>[];
  closed: Promise<[number, Buffer]>;
}> {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const received: Record<string, unknown>[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  socket.on('error', () => {});
  const closed = once(socket, 'close') as Promise<[number, Buffer]>;
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await eventually(() => received.some(({ type }) => type === 'connection_ack'));
  return { socket, received, closed };
}

const subscribe = (id: string, query: string, variables?: object) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query, variables } });

const watching = (id: string) => `subscription { orderChanged(id: "${id}") { id status } }`;

/** Another client, who has nothing to do with it, gets a push. */
async function othersArePushedTo(): Promise<void> {
  const id = `other${Math.random()}`;
  await shop.place(id);
  const other = new Subscribed(api.connect(), `subscription { orderChanged(id: "${id}") { status } }`);
  await other.next();
  await shop.pay(id);
  expect((await other.next()).orderChanged.status).toBe('PAID');
  await other.end();
}

const errorsLogged = () => api.log.filter((line) => JSON.parse(line).level >= 50);

afterEach(() => {
  expect(errorsLogged()).toEqual([]);
});

it.each([
  [
    'a ping with a large payload, which the pong would repeat',
    JSON.stringify({ type: 'ping', payload: { a: 'x'.repeat(4_000) } }),
    'A ping carries at most 1024 characters',
  ],
  [
    'an operation with a long id, which every push would repeat',
    subscribe('x'.repeat(129), watching('watched')),
    'The id of an operation has at most 128 characters',
  ],
])('closes on %s', async (_, message, reason) => {
  const { socket, received, closed } = await connect();
  socket.send(message);
  const [code, text] = await closed;
  expect([code, String(text)]).toEqual([4400, reason]);
  expect(received).toEqual([{ type: 'connection_ack' }]);
});

it('closes on a long id that is taken already, with a reason that fits', async () => {
  const { socket, closed } = await connect();
  const id = 'x'.repeat(LIMITS.operationIdLength);
  for (let i = 0; i < 2; i++) socket.send(subscribe(id, watching('watched')));
  const [code, reason] = await closed;
  expect(code).toBe(4409);
  expect(String(reason)).toMatch(/^Subscriber for x+$/);
});

it('answers a ping with its payload', async () => {
  const { socket, received } = await connect();
  socket.send(JSON.stringify({ type: 'ping', payload: { at: 1 } }));
  socket.send(JSON.stringify({ type: 'ping' }));
  await eventually(() => received.length === 3);
  expect(received.slice(1)).toEqual([{ type: 'pong', payload: { at: 1 } }, { type: 'pong' }]);
  socket.close();
});

it('starts no more operations than the limit, also of those that are completed at once', async () => {
  const { socket } = await connect();
  const statements = jest.spyOn(api.pool, 'query');
  for (let i = 0; i < 3_000; i++) {
    socket.send(subscribe(String(i), '{ product(id: "none") { id } }'));
    socket.send(JSON.stringify({ id: String(i), type: 'complete' }));
  }
  socket.send(JSON.stringify({ type: 'ping', payload: { last: true } }));
  await new Promise((resolve) => socket.once('message', resolve));
  await othersArePushedTo();
  const started = statements.mock.calls.filter(([text]) => String(text).includes('read.products'));
  statements.mockRestore();
  expect(started.length).toBeLessThan(1_000);
  socket.close();
});

it('gives up a client that asks and does not read, completing what it asked', async () => {
  const { socket, closed } = await connect();
  socket.pause();
  for (let i = 0; i < 200 && socket.readyState === socket.OPEN; i++) {
    socket.send(subscribe(String(i), LARGE));
    if (i % 10 === 9) {
      await othersArePushedTo();
      for (let done = i - 9; done <= i; done++)
        socket.send(JSON.stringify({ id: String(done), type: 'complete' }));
    }
    if (api.log.some((line) => line.includes('WebSocket given up'))) break;
  }
  expect(api.log.some((line) => line.includes('WebSocket given up'))).toBe(true);
  socket.resume();
  await closed;
}, 60_000);

it.each([
  ['order', '{ order(id: $id) { id } }', 'query'],
  ['customer', '{ customer(id: $id) { id } }', 'query'],
  ['product', '{ product(id: $id) { id } }', 'query'],
  ['orders', '{ orders(filter: { customerId: $id }) { edges { node { id } } } }', 'query'],
  ['orderChanged', '{ orderChanged(id: $id) { id } }', 'subscription'],
])('refuses an id of more than 200 characters in %s', async (_, selection, kind) => {
  const { socket, received } = await connect();
  socket.send(subscribe('1', `${kind}($id: ID!) ${selection}`, { id: 'x'.repeat(201) }));
  await eventually(() => received.length > 1);
  expect(JSON.stringify(received[1])).toMatch(
    /(filter\.customerId|id): must not be longer than 200 characters/,
  );
  expect(JSON.stringify(received[1])).toContain('BAD_USER_INPUT');
  socket.close();
});

it('gives up messages that never come whole, the oldest first, and closes with a reason', async () => {
  const count = LIMITS.heldBytes / (4 * 1024 * 1024) + 2;
  const clients = await Promise.all(Array.from({ length: count }, connect));
  for (const { socket } of clients) {
    await new Promise((resolve) => socket.send('x'.repeat(4 * 1024 * 1024 - 100), { fin: false }, resolve));
  }
  const [first] = clients;
  const [code, reason] = (await first?.closed) ?? [];
  expect(code).toBe(1008);
  expect(String(reason)).toContain('messages not ended');
  await othersArePushedTo();
  expect(clients.at(-1)?.socket.readyState).toBe(WebSocket.OPEN);
  for (const { socket } of clients) socket.terminate();
}, 60_000);

it('gives up the bodies that stall, the oldest first, and takes others meanwhile', async () => {
  const body = `{"query":"{ __typename }","x":"${'y'.repeat(3_900_000)}`;
  const head =
    'POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
    'Content-Length: 4190000\r\n\r\n';
  const answers: string[] = [];
  const sockets: Socket[] = [];
  const closed = new Set<number>();
  for (let i = 0; i < LIMITS.heldBytes / 3_900_000 + 3; i++) {
    const socket = connectTcp(Number(new URL(api.url).port), '127.0.0.1');
    sockets.push(socket);
    answers[i] = '';
    socket.on('error', () => {});
    socket.on('close', () => closed.add(i));
    socket.on('data', (data) => {
      answers[i] = `${answers[i]}${data}`;
    });
    await new Promise<void>((resolve) => socket.write(head + body, () => resolve()));
  }
  // Who is given up while bytes of it are still under way may lose the answer with its connection.
  await eventually(() => closed.size > 1 && answers.some((answer) => answer.includes('"code":"OVERLOADED"')));
  for (const answer of answers) expect(answer).toMatch(/^(|HTTP\/1\.1 503 .*)$/s);
  expect(closed.has(sockets.length - 1)).toBe(false);
  const input = {
    idempotencyKey: 'k2',
    orderId: 'o2',
    country: 'x'.repeat(60_000),
    currency: 'EUR',
    lines: [],
  };
  const large = Array.from({ length: 50 }, () => input.country);
  const { status, errors } = await api.post('query($ids: [String!]) { __typename }', { ids: large });
  expect({ status, errors }).toEqual({
    status: 400,
    errors: [expect.objectContaining({ message: expect.stringContaining('"$ids" is never used') })],
  });
  await othersArePushedTo();
  expect(answers.at(-1)).toBe('');
  for (const socket of sockets) socket.destroy();
}, 60_000);
