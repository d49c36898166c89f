import { request } from 'node:http';
import { type Json, startTestApi, type TestApi } from '../../../test/support/api';

let api: TestApi;
let checks: Record<string, string> = { database: 'ok' };

beforeAll(async () => {
  api = await startTestApi({ ready: async () => checks });
});
afterAll(() => api.close());

const JSON_TYPE = { 'content-type': 'application/json' };
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

it('refuses a garbled Host header', async () => {
  const { hostname, port } = new URL(api.url);
  const headers = { ...JSON_TYPE, host: 'a b[', 'content-length': QUERY.length };
  const status = await new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: '/graphql', method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end(QUERY);
  });
  expect(status).toBe(400);
});

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
  const token = '9999999999999999999';
  const waiting = own.post(`{ rfm(consistency: { token: "${token}", timeoutMs: 30000 }) { currency } }`);
  const place = `mutation { placeOrder(input: { idempotencyKey: "k", orderId: "o", country: "DE", currency: "EUR",
    lines: [{ productId: "p", unitPrice: 1, quantity: 1 }] }) { __typename } }`;
  const placing = own.post(place);
  // Both have arrived when a third, sent after them, is answered.
  await own.ask('{ order(id: "x") { id } }');
  await own.stopServer();
  expect((await waiting).errors?.[0]?.extensions.code).toBe('PROJECTION_LAGGING');
  expect((await placing).data).toEqual({ placeOrder: { __typename: 'OrderAccepted' } });
  await expect(own.post('{ __typename }')).rejects.toThrow('fetch failed');
  await own.close();
});
