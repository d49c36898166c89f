import { once } from 'node:events';
import { WebSocket } from 'ws';
import { startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

interface Refused {
  /** of HTTP; a WebSocket has none */
  status?: number;
  errors: { message: string; extensions: { code: string } }[];
}

/** @param payload the JSON text of a request, as it is */
async function overHttp(payload: string): Promise<Refused> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${api.url}/graphql`, { method: 'POST', headers, body: payload });
  return { status: response.status, ...((await response.json()) as Omit<Refused, 'status'>) };
}

/** Sends the same as an operation of a connection that has another one, which must live on. */
async function overWebSocket(payload: string): Promise<Refused> {
  const socket = new WebSocket(`${api.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const messages: { id?: string; type: string; payload: Refused['errors'] & Partial<Refused> }[] = [];
  const next = async (isWanted: (message: (typeof messages)[number]) => boolean) => {
    for (;;) {
      const found = messages.find(isWanted);
      if (found) return found;
      await Promise.race([once(socket, 'message'), once(socket, 'close').then(rejectClosed)]);
    }
  };
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await next(({ type }) => type === 'connection_ack');
  socket.send(
    '{"id":"live","type":"subscribe","payload":{"query":"subscription { liveMetrics { orders } }"}}',
  );
  await next(({ id }) => id === 'live');
  socket.send(`{"id":"bad","type":"subscribe","payload":${payload}}`);
  const refused = await next(({ id }) => id === 'bad');
  socket.send('{"id":"after","type":"subscribe","payload":{"query":"{ __typename }"}}');
  await next(({ id, type }) => id === 'after' && type === 'complete');
  expect(socket.readyState).toBe(socket.OPEN);
  expect(messages.filter(({ id }) => id === 'live').map(({ type }) => type)).not.toContain('complete');
  socket.close();
  return { errors: refused.type === 'error' ? refused.payload : (refused.payload.errors ?? []) };
}

function rejectClosed([code, reason]: unknown[]): never {
  throw new Error(`The connection was closed: ${code} ${reason}`);
}

const PLACE = 'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';
const input = (id: string) =>
  `{"idempotencyKey":"k","orderId":${id},"country":"DE","currency":"EUR",` +
  '"lines":[{"productId":"p","unitPrice":"1","quantity":1}]}';
const text = (query: string, rest = '') => `{"query":${JSON.stringify(query)}${rest}}`;

/** Each fault with its code. */
const FAULTS: [fault: string, payload: string, code: string][] = [
  ['no GraphQL', text('{ order(id: '), 'GRAPHQL_PARSE_FAILED'],
  ['a field that does not exist', text('{ nothing }'), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'an operation that does not exist',
    text('query A { __typename }', ',"operationName":"B"'),
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'several operations and no name',
    text('query A { __typename } query B { __typename }'),
    'OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'a variable of the wrong type',
    text('query($n: Int) { orders(first: $n) { asOf { position } } }', ',"variables":{"n":"ten"}'),
    'BAD_USER_INPUT',
  ],
  [
    'a variable that is missing for @include',
    text('query($x: Boolean!) { order(id: "x") @include(if: $x) { id } }'),
    'BAD_USER_INPUT',
  ],
  ['an argument out of range', text('{ orders(first: 100000) { asOf { position } } }'), 'BAD_USER_INPUT'],
  [
    'a root field of a subscription that depends on a variable',
    text('subscription($x: Boolean!) { liveMetrics @include(if: $x) { orders } }', ',"variables":{"x":true}'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a subscription without the field that it is for',
    text('subscription { ... on Subscription @skip(if: true) { liveMetrics { orders } } }'),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'the same in a fragment, beside a query that is asked for',
    text(
      'query A { __typename } subscription($x: Boolean!) { ...F } ' +
        'fragment F on Subscription { liveMetrics @skip(if: $x) { orders } }',
      ',"operationName":"A"',
    ),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an id as a number that JSON rounds',
    text(PLACE, `,"variables":{"input":${input('1234567890123456789')}}`),
    'BAD_USER_INPUT',
  ],
  [
    'a key that is __proto__',
    text('{ __typename }', ',"variables":{"a":{"__proto__":{"b":1}}}'),
    'BAD_REQUEST',
  ],
  ['a NUL character', text('{ order(id: "a\\u0000") { id } }'), 'GRAPHQL_VALIDATION_FAILED'],
  ['a mutation without its input', text(PLACE), 'BAD_USER_INPUT'],
];

describe.each([
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
] as const)('over %s', (transport, send) => {
  it.each(FAULTS)('%s is one error with its code', async (_, payload, code) => {
    const { status, errors } = await send(payload);
    expect(errors).toEqual([expect.objectContaining({ message: expect.any(String), extensions: { code } })]);
    // An error of a field comes with status 200, as GraphQL over HTTP has it.
    if (transport === 'HTTP') expect([200, 400]).toContain(status);
    expect(api.log).toEqual([]);
  });

  it('names the number and its key', async () => {
    const { errors } = await send(text(PLACE, `,"variables":{"input":${input('1234567890123456789')}}`));
    expect(errors[0]?.message).toBe(
      '"orderId": 1234567890123456789 is larger than a JSON number holds exactly: write it as a string',
    );
  });

  it('names __proto__', async () => {
    const { errors } = await send(text('{ __typename }', ',"__proto__":{"a":1}'));
    expect(errors[0]?.message).toBe('The key "__proto__" is not allowed');
  });
});

it('says where subscriptions run, when one is posted', async () => {
  expect(await overHttp(text('subscription { liveMetrics { orders } }'))).toEqual({
    status: 400,
    errors: [
      { message: expect.stringContaining('graphql-transport-ws'), extensions: { code: 'BAD_REQUEST' } },
    ],
  });
});

it('keeps an id of 19 digits that comes as a string, or as a literal of the document', async () => {
  const id = '1234567890123456789';
  const { data } = (await api.post(PLACE, { input: JSON.parse(input(`"${id}"`)) })) as { data: unknown };
  expect(data).toEqual({ placeOrder: { __typename: 'OrderAccepted' } });
  await api.projector.caughtUp();
  expect(await api.ask(`{ order(id: ${id}) { id } }`)).toEqual({ order: { id } });
});
