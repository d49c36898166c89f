import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from './support/database';
import { type RunningProgram, startProgram } from './support/program';

const CONNECTIONS = 500;
const AT_ONCE = 50;

let folder: string;
let database: TestDatabase;
let program: RunningProgram;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-upgrades-'));
  database = await createTestDatabase();
  program = await startProgram({ DATABASE_URL: database.url, TIDEMARK_DATA_DIR: folder });
});
afterAll(async () => {
  await program.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** What a request says besides its path. */
const KINDS = {
  'a WebSocket of another site': [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    'Origin: http://evil.example',
  ],
  'a WebSocket without a key': ['Connection: Upgrade', 'Upgrade: websocket'],
  'another protocol': ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'],
};
const PATHS = ['/graphql', '/livez', '/readyz', '/metrics', '/', '/nothing'];
const WAYS_TO_LEAVE: Record<string, (socket: Socket) => void> = {
  RST: (socket) => socket.resetAndDestroy(),
  FIN: (socket) => socket.destroy(),
};

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(program.url).port), '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const head = (method: string, path: string, lines: string[]): string =>
  [`${method} ${path} HTTP/1.1`, `Host: ${new URL(program.url).host}`, ...lines, '', ''].join('\r\n');

/** All that comes back until the connection ends, which the request asks for. */
async function answerTo(method: string, path: string, lines: string[], body = ''): Promise<string> {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(head(method, path, lines) + body);
  await once(socket, 'close');
  return answer;
}

describe.each(Object.entries(KINDS))('upgrades to %s', (_, lines) => {
  it.each(Object.entries(WAYS_TO_LEAVE))(
    `do not end the process when ${CONNECTIONS} clients leave by %s`,
    async (_way, leave) => {
      for (let opened = 0; opened < CONNECTIONS; opened += AT_ONCE) {
        const sockets = await Promise.all(Array.from({ length: AT_ONCE }, open));
        for (const [i, socket] of sockets.entries()) {
          const path = PATHS[i % PATHS.length] as string;
          // Some leave before they are answered, some while they are.
          socket.write(head('GET', path, lines), () => (i % 2 ? leave(socket) : setImmediate(leave, socket)));
        }
        await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')));
        expect((await fetch(program.at('/livez'))).status).toBe(200);
      }
    },
  );
});

describe('a client that asks for HTTP/2 in the clear, as Java and `curl --http2` do', () => {
  const h2c = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'];

  it.each([
    ['/livez', 200],
    ['/readyz', 200],
    ['/metrics', 200],
    ['/', 200],
    ['/nothing', 404],
  ])('is answered over HTTP/1.1 at %s', async (path, status) => {
    expect(await answerTo('GET', path, h2c)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('has its query answered', async () => {
    const query = '{"query":"{ order(id: \\"x\\") { id } }"}';
    const lines = ['Content-Type: application/json', `Content-Length: ${query.length}`];
    expect(await answerTo('POST', '/graphql', [...h2c, ...lines], query)).toContain(
      '{"data":{"order":null}}',
    );
  });
});

it('refuses a handshake that is none in the shape of a GraphQL answer', async () => {
  const answer = await answerTo('GET', '/graphql', KINDS['a WebSocket without a key']);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
    errors: [{ message: expect.stringContaining('Sec-WebSocket'), extensions: { code: 'BAD_REQUEST' } }],
  });
});
