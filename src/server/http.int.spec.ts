import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { type Json, startTestApi, type TestApi } from '../../test/support/api';
import { whileHeldBack } from '../../test/support/hold-back';

let api: TestApi;
let checks: Record<string, string> = { database: 'ok' };

beforeAll(async () => {
  api = await startTestApi({ ready: async () => checks });
});
afterAll(() => api.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const PREFLIGHT = { 'apollo-require-preflight': '1' };
const QUERY = JSON.stringify({ query: '{ order(id: "x") { id } }' });

async function send(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Json; headers: Headers }> {
  const response = await fetch(api.url + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}

const post = (body: string, headers: Record<string, string> = JSON_TYPE) =>
  send('/graphql', { method: 'POST', body, headers });

it('/livez says that the process is up', async () => {
  expect(await send('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

it('/readyz says what is missing', async () => {
  checks = { database: 'ok', orders: 'ok' };
  expect(await send('/readyz')).toMatchObject({ status: 200, body: { status: 'ok', checks } });
  checks = { database: 'does not answer', orders: 'ok' };
  expect(await send('/readyz')).toMatchObject({ status: 503, body: { status: 'not ready', checks } });
});

it('/metrics shows requests, projections and the process', async () => {
  await post(QUERY);
  const { status, body, headers } = await send('/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain');
  expect(body).toMatch(/tidemark_http_request_duration_seconds_count\{path="\/graphql",status="200"\} [1-9]/);
  expect(body).toMatch(/tidemark_projection_lag_events\{projection="orders"\} 0/);
  expect(body).toMatch(/tidemark_projection_lag_seconds\{projection="rfm"\} 0/);
  expect(body).toMatch(/nodejs_heap_size_used_bytes \d+/);
});

it('/ names the endpoints, with a mutation that works, and loads nothing', async () => {
  const { status, body, headers } = await send('/');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/html');
  expect(body).not.toMatch(/https?:|<script|src=/);
  const mutation = /<pre>(mutation[\s\S]*?)<\/pre>/.exec(body)?.[1]?.replaceAll('&quot;', '"') ?? '';
  expect((await api.ask(mutation)).placeOrder.order.total).toEqual({ amount: '25.00', currency: 'EUR' });
});

it('answers queries by GET, but no mutations', async () => {
  const get = (query: string) =>
    send(`/graphql?query=${encodeURIComponent(query)}`, { headers: { 'apollo-require-preflight': '1' } });
  expect(await get('{ order(id: "x") { id } }')).toMatchObject({
    status: 200,
    body: { data: { order: null } },
  });
  const mutation = 'mutation { ping(input: { idempotencyKey: "k", orderId: "x" }) { __typename } }';
  expect(await get(mutation)).toMatchObject({ status: 405, body: { errors: [expect.anything()] } });
});

it('refuses what a page of another site can make a browser send', async () => {
  const simple = await send(`/graphql?query=${encodeURIComponent('{ order(id: "x") { id } }')}`);
  expect(simple).toMatchObject({ status: 400 });
  expect(simple.body.errors[0].message).toContain('Cross-Site Request Forgery');
  expect((await post(QUERY, { 'content-type': 'text/plain' })).status).toBe(415);
});

it.each([
  ['no JSON', '{"query": ', 400, 'BAD_REQUEST'],
  ['an empty body', '', 400, 'BAD_REQUEST'],
  ['no object', '[]', 400, 'BAD_REQUEST'],
  ['no query', '{}', 400, 'BAD_REQUEST'],
  ['a query that is no string', '{"query": 1}', 400, 'BAD_REQUEST'],
  ['several operations at once', `[${QUERY},${QUERY}]`, 400, 'BAD_REQUEST'],
  [
    'an operation that is not there',
    '{"query":"query A { __typename }","operationName":"B"}',
    400,
    'OPERATION_RESOLUTION_FAILURE',
  ],
  ['a prototype', '{"query":"{ __typename }","__proto__":{"a":1}}', 400, 'BAD_REQUEST'],
  ['a body above the limit', `{"query":"${' '.repeat(4 * 1024 * 1024)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
])('refuses %s in the shape of a GraphQL answer', async (_, body, status, code) => {
  const answer = await post(body);
  expect(answer.status).toBe(status);
  expect(answer.body.errors).toEqual([{ message: expect.any(String), extensions: { code } }]);
});

it.each([
  ['a method that is none', 'PUT', '/graphql', {}, '{}', 405, 'METHOD_NOT_ALLOWED'],
  ['another method at a page', 'DELETE', '/livez', {}, undefined, 405, 'METHOD_NOT_ALLOWED'],
  ['a path that is none', 'POST', '/graphiql', JSON_TYPE, '{}', 404, 'NOT_FOUND'],
  ['a path that cannot be read', 'GET', '/%zz', {}, undefined, 400, 'BAD_REQUEST'],
  ['a body without a type', 'POST', '/graphql', { 'content-type': '' }, '{}', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  [
    'a charset that is not UTF-8',
    'POST',
    '/graphql',
    { 'content-type': 'application/json; charset="ISO-8859-1"' },
    QUERY,
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a compressed body',
    'POST',
    '/graphql',
    { ...JSON_TYPE, 'content-encoding': 'gzip' },
    QUERY,
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['a query that is not UTF-8', 'GET', '/graphql?query=%E9', PREFLIGHT, undefined, 400, 'BAD_REQUEST'],
  [
    'a number in the query string that JSON rounds',
    'GET',
    '/graphql?query=%7Ba%7D&variables=%7B%22a%22:1234567890123456789%7D',
    PREFLIGHT,
    undefined,
    400,
    'BAD_USER_INPUT',
  ],
])('refuses %s in the shape of a GraphQL answer', async (_, method, path, headers, body, status, code) => {
  const answer = await send(path, { method, headers, body });
  expect(answer.status).toBe(status);
  expect(answer.body.errors).toEqual([{ message: expect.any(String), extensions: { code } }]);
});

it('takes UTF-8 under all its names, and text that is no ASCII', async () => {
  for (const charset of ['utf-8', 'UTF8', '"utf-8"'])
    expect((await post(QUERY, { 'content-type': `application/json;charset=${charset}` })).status).toBe(200);
  expect(await api.ask('query($id: ID!) { order(id: $id) { id } }', { id: 'caf\u00e9 \ufffd' })).toEqual({
    order: null,
  });
});

it('two customers do not become one because their names came in Latin-1', async () => {
  const body = Buffer.from('{"query":"{ order(id: \\"café\\") { id } }"}', 'latin1');
  const answer = await send('/graphql', { method: 'POST', headers: JSON_TYPE, body });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] } });
  expect(answer.body.errors[0].message).toContain('not UTF-8');
});

it.each([
  ['what is no HTTP', 'hello\r\n\r\n', 400, 'BAD_REQUEST'],
  ['no Host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'BAD_REQUEST'],
  ['headers above the limit', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  [
    'a tunnel',
    'CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    404,
    'NOT_FOUND',
  ],
])('refuses %s in the shape of a GraphQL answer', async (_, request, status, code) => {
  const answer = await raw(request);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toEqual({
    errors: [{ message: expect.any(String), extensions: { code } }],
  });
});

it('answers who expects something that no server knows', async () => {
  const request = 'GET /livez HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n';
  expect(await raw(request)).toMatch(/^HTTP\/1\.1 200 /);
});

/** Sends bytes as they are, and gives all that comes back. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(request);
  await once(socket, 'close');
  return answer;
}

it('says what it does not have', async () => {
  const { status, body } = await send('/graphiql');
  expect(status).toBe(404);
  expect(body.errors[0]).toMatchObject({ message: 'There is nothing at GET /graphiql' });
});

it('goes by the name that a client gives its request', async () => {
  const input = { idempotencyKey: 'named', orderId: 'named', country: 'DE', currency: 'EUR' };
  const lines = [{ productId: 'p', unitPrice: '1', quantity: 1 }];
  const mutation = 'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';
  await api.post(mutation, { input: { ...input, lines } }, { 'x-correlation-id': 'checkout-7' });
  for await (const [event] of api.store.readStream('order-named'))
    expect(event?.metadata.correlationId).toBe('checkout-7');
});

it('answers what is under way when it stops', async () => {
  const own = await startTestApi();
  const place = (id: string) =>
    own.post(`mutation { placeOrder(input: {
      idempotencyKey: "${id}", orderId: "${id}", country: "DE", currency: "EUR",
      lines: [{ productId: "p", unitPrice: 1, quantity: 1 }]
    }) { __typename ... on OrderAccepted { consistencyToken } } }`);
  await whileHeldBack(own, ['rfm'], async () => {
    const token = (await place('first')).data.placeOrder.consistencyToken;
    const waiting = own.post(`{ rfm(consistency: { token: "${token}", timeoutMs: 30000 }) { currency } }`);
    const placing = place('second');
    // Both have arrived when a third, sent after them, is answered.
    await own.ask('{ order(id: "x") { id } }');
    await own.stopServer();
    expect((await waiting).errors?.[0]?.extensions.code).toBe('PROJECTION_LAGGING');
    expect((await placing).data).toMatchObject({ placeOrder: { __typename: 'OrderAccepted' } });
    await expect(own.post('{ __typename }')).rejects.toThrow('fetch failed');
  });
  await own.close();
});

it('while it stops it says so at /readyz, and tells others when to come again', async () => {
  const own = await startTestApi();
  type Told = { status?: number; headers: IncomingHttpHeaders; body: Json };
  /** Each has a connection of its own, which it keeps. */
  const client = () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return (path: string, body?: string): Promise<Told> =>
      new Promise((resolve, reject) => {
        const options = { agent, method: body === undefined ? 'GET' : 'POST', headers: JSON_TYPE };
        const sent = request(own.url + path, options, (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          const { statusCode: status, headers } = response;
          response.on('end', () => resolve({ status, headers, body: JSON.parse(text) }));
        });
        sent.on('error', reject).end(body);
      });
  };
  const [balancer, prober, shopper] = [client(), client(), client()];
  for (const ask of [balancer, prober, shopper])
    expect(await ask('/readyz')).toMatchObject({ status: 200, headers: { connection: 'keep-alive' } });
  const stopped = own.stopServer();
  const [ready, alive, refused] = await Promise.all([
    balancer('/readyz'),
    prober('/livez'),
    shopper('/graphql', QUERY),
  ]);
  const close = { connection: 'close' };
  expect(ready).toMatchObject({ status: 503, headers: close, body: { status: 'stopping' } });
  expect(alive).toMatchObject({ status: 200, headers: close });
  expect(refused).toEqual({
    status: 503,
    headers: expect.objectContaining({ ...close, 'retry-after': '1' }),
    body: { errors: [{ message: expect.any(String), extensions: { code: 'SHUTTING_DOWN' } }] },
  });
  await stopped;
  await expect(shopper('/livez')).rejects.toThrow('ECONNREFUSED');
  await own.close();
});
