import { request } from 'node:http';
import { WebSocket } from 'ws';
import { startTestApi, type TestApi } from '../../test/support/api';

const ALLOWED = 'shop.example';
let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ allowedHosts: [ALLOWED] });
});
afterAll(() => api.close());

interface Refused {
  status?: number;
  body?: unknown;
}

/** A GET over HTTP, with headers that `fetch` does not let one set. */
function get(path: string, headers: Record<string, string>): Promise<Refused> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      const isJson = response.headers['content-type']?.includes('json');
      response.on('end', () =>
        resolve({ status: response.statusCode, body: isJson ? JSON.parse(text) : text }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** How the handshake of a WebSocket is answered; 101 when it is taken. */
function handshake(_path: string, headers: Record<string, string>): Promise<Refused> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers,
    });
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) }));
    });
    socket.on('open', () => {
      socket.close();
      resolve({ status: 101 });
    });
    socket.on('error', () => {});
  });
}

const QUERY = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
const preflighted = { 'apollo-require-preflight': '1' };

describe.each([
  ['HTTP at /graphql', get, QUERY, 200],
  ['HTTP at /livez', get, '/livez', 200],
  ['HTTP at /readyz', get, '/readyz', 200],
  ['HTTP at /metrics', get, '/metrics', 200],
  ['HTTP at /', get, '/', 200],
  ['WebSocket', handshake, '', 101],
] as const)('%s', (_, send, path, welcome) => {
  const withPort = (host: string) => `${host}:${new URL(api.url).port}`;

  it.each([
    ['127.0.0.1'],
    ['127.0.0.1:1234'],
    ['localhost'],
    ['LOCALHOST:80'],
    ['localhost.'],
    ['[::1]:4000'],
    [ALLOWED],
    [`${ALLOWED}:443`],
  ])('is for whoever calls it %s', async (host) => {
    expect((await send(path, { ...preflighted, host })).status).toBe(welcome);
    const origin = `http://${host}`;
    expect((await send(path, { ...preflighted, host, origin })).status).toBe(welcome);
  });

  it.each([
    ['evil.example'],
    ['localhost.evil.example'],
    ['127.0.0.1.evil.example'],
    ['sub.shop.example'],
    ['192.0.2.1'],
  ])('is not for a page of %s, by whatever name it calls the server', async (name) => {
    const ofHost = { errors: [{ message: expect.any(String), extensions: { code: 'FORBIDDEN' } }] };
    const host = withPort(name);
    const origin = `http://${host}`;
    expect(await send(path, { ...preflighted, host, origin })).toEqual({ status: 403, body: ofHost });
    expect(await send(path, { ...preflighted, host })).toEqual({ status: 403, body: ofHost });
    expect(await send(path, { ...preflighted, origin })).toEqual({ status: 403, body: ofHost });
  });

  it.each([['null'], ['file://'], ['http://localhost, http://evil.example'], ['evil']])(
    'is not for pages of origin %s',
    async (origin) => {
      expect((await send(path, { ...preflighted, origin })).status).toBe(403);
    },
  );

  it.each([['a b['], ['evil@localhost'], ['localhost/evil'], [':4000']])(
    'refuses the garbled Host %s',
    async (host) => {
      expect(await send(path, { ...preflighted, host })).toEqual({
        status: 400,
        body: {
          errors: [{ message: expect.stringContaining('Host'), extensions: { code: 'BAD_REQUEST' } }],
        },
      });
    },
  );
});

it('says which variable names the hosts', async () => {
  expect((await get('/livez', { host: 'evil.example' })).body).toMatchObject({
    errors: [{ message: expect.stringContaining('TIDEMARK_ALLOWED_HOSTS') }],
  });
});
