import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/api';
import { type RunningProgram, runProgram, startProgram } from './support/program';

const TIMEOUT_MS = 120_000;

interface Answered {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the answer of a query has no static type here
  data?: any;
  errors?: { message: string; extensions: { code: string } }[];
}

let dataDir: string;
let env: Record<string, string>;
let program: RunningProgram;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tidemark-wrong-input-'));
  env = { TIDEMARK_DATA_DIR: dataDir };
  program = await startProgram(env);
  await eventually(async () => (await fetch(program.at('/readyz'))).status === 200);
}, TIMEOUT_MS);
afterAll(async () => {
  await program.end();
  await rm(dataDir, { recursive: true, force: true });
});

async function post(body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) {
  const response = await fetch(program.at('/graphql'), { method: 'POST', headers, body });
  return { status: response.status, ...((await response.json()) as object) } as Answered;
}

const ask = (query: string, variables?: object) => post(JSON.stringify({ query, variables }));

const PLACE = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) {
    __typename
    ... on OrderAccepted { order { id total { amount currency } customerId } consistencyToken }
    ... on Failure { code message path }
    ... on PayloadTooLarge { sizeBytes limitBytes }
  }
}`;

let orders = 0;
const line = { productId: 'p1', unitPrice: '1.00', quantity: 1 };

function orderInput(fields: object = {}) {
  const orderId = `o${++orders}`;
  return {
    idempotencyKey: `key ${orders}`,
    orderId,
    country: 'DE',
    currency: 'EUR',
    lines: [line],
    ...fields,
  };
}

async function place(fields: object = {}): Promise<Answered['data']> {
  const { data, errors } = await ask(PLACE, { input: orderInput(fields) });
  if (errors) throw new Error(JSON.stringify(errors));
  return data.placeOrder;
}

describe('an empty store', () => {
  const NOTHING = { gross: '0.00', orders: 0 };

  it('answers every query', async () => {
    const { errors, data } = await ask(`{
      order(id: "o") { id }
      customer(id: "c") { id }
      product(id: "p") { id }
      orders { edges { node { id } } pageInfo { hasNextPage endCursor } }
      customers(segment: "Champions") { edges { node { id } } }
      categoryRevenue { currency rows { category } total { gross orders } unconverted { currency } }
      inEuro: categoryRevenue(currency: "EUR", from: "2024-01-01", clock: ORDERED) {
        rows { category } total { gross orders } }
      now: anomalies { totalCount edges { node { orderId } } }
      arrivals: anomalies(basis: AT_ARRIVAL) { totalCount }
      robust: anomalies(basis: ROBUST, currency: "EUR") { totalCount }
      anomalyBaseline { population mean standardDeviation low high }
      rfm { population segments { customers monetary } tiers { customers monetary } }
      projections { name lagEvents }
    }`);
    expect(errors).toBeUndefined();
    const none = { customers: 0, monetary: '0.00' };
    expect(data).toEqual({
      order: null,
      customer: null,
      product: null,
      orders: { edges: [], pageInfo: { hasNextPage: false, endCursor: null } },
      customers: { edges: [] },
      categoryRevenue: { currency: null, rows: [], total: NOTHING, unconverted: [] },
      inEuro: { rows: [], total: NOTHING },
      now: { totalCount: 0, edges: [] },
      arrivals: { totalCount: 0 },
      robust: { totalCount: 0 },
      anomalyBaseline: { population: 0, mean: null, standardDeviation: null, low: null, high: null },
      rfm: { population: 0, segments: Array(10).fill(none), tiers: Array(3).fill(none) },
      projections: data.projections.map(({ name }: { name: string }) => ({ name, lagEvents: 0 })),
    });
    expect(data.projections).toHaveLength(6);
  });

  it('has read models to rebuild, verify and show', async () => {
    const replayed = await runProgram(['replay', '--all', '--verify', '--json'], env);
    expect(replayed).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('rror') });
    expect(JSON.parse(replayed.stdout)).toMatchObject({ events: 0 });
    const status = await runProgram(['projections', 'status', '--json'], env);
    expect(status.exitCode).toBe(0);
  });
});

describe('a request that is no GraphQL', () => {
  it.each([
    ['no query at all', '{}', 400],
    ['no JSON', '{"query": "{ projections', 400],
    ['an empty body', '', 400],
    ['a list of operations', '[{"query":"{ projections { name } }"}]', 400],
    ['a syntax error', '{"query":"{ projections { name "}', 400],
    ['an unknown field', '{"query":"{ projections { colour } }"}', 400],
    ['an unknown argument', '{"query":"{ order(number: 1) { id } }"}', 400],
    ['a number for a query', '{"query":17}', 400],
    ['a missing variable', JSON.stringify({ query: PLACE }), 200],
    ['variables that are no object', JSON.stringify({ query: PLACE, variables: 'input' }), 400],
    [
      'two operations and no name',
      '{"query":"query a { projections { name } } query b { projections { name } }"}',
      400,
    ],
  ])('%s is answered with an error and a code', async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status === status || (status === 200 && answer.status === 400)).toBe(true);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringMatching(/\S/),
      extensions: { code: expect.stringMatching(/^[A-Z_]+$/) },
    });
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|at Object\.|stack/);
  });

  it('of another content type is refused', async () => {
    expect(
      (await post('{ projections { name } }', { 'content-type': 'text/plain' })).status,
    ).toBeGreaterThanOrEqual(400);
    expect((await post('<query/>', { 'content-type': 'application/xml' })).status).toBeGreaterThanOrEqual(
      400,
    );
  });
});

describe('an order that cannot be', () => {
  const tooMany = Array.from({ length: 3 }, () => ({ ...line, unitPrice: '4999999999999.99' }));
  const inTenMinutes = new Date(Date.now() + 10 * 60_000).toISOString();

  it.each<[string, object, string[]]>([
    [
      'a line that overflows',
      { lines: [{ ...line, unitPrice: '9999999999999', quantity: 2_000 }] },
      ['lines', '0', 'unitPrice'],
    ],
    ['lines that overflow together', { lines: tooMany }, ['lines']],
    [
      'a price beyond any amount',
      { lines: [{ ...line, unitPrice: '1'.repeat(29) }] },
      ['lines', '0', 'unitPrice'],
    ],
    ['shipping beyond any amount', { shipping: '99999999999999999' }, ['shipping']],
    ['a total that overflows', { shipping: '9999999999999.99', tax: '1.00' }, []],
    ['a currency that does not exist', { currency: 'XYZ' }, ['currency']],
    ['a currency in lower case', { currency: 'eur' }, ['currency']],
    ['gold for a currency', { currency: 'XAU' }, ['currency']],
    ['a time in the future', { placedAt: inTenMinutes }, ['placedAt']],
    ['a time before 1970', { placedAt: '1969-12-31T23:59:59Z' }, ['placedAt']],
    ['more decimals than the currency has', { shipping: '1.001' }, ['shipping']],
    ['decimals in a currency without', { currency: 'JPY', tax: '1.5' }, ['tax']],
    ['a negative price', { lines: [{ ...line, unitPrice: '-1' }] }, ['lines', '0', 'unitPrice']],
    ['a zero quantity', { lines: [line, { ...line, quantity: 0 }] }, ['lines', '1', 'quantity']],
    ['a discount above the line', { lines: [{ ...line, discount: '1.01' }] }, ['lines', '0', 'discount']],
    ['no lines', { lines: [] }, ['lines']],
    ['a rate of zero', { currency: 'USD', exchangeRate: '0' }, ['exchangeRate']],
    [
      'a rate that overflows',
      {
        currency: 'USD',
        lines: [{ ...line, unitPrice: '9999999.00', quantity: 1000 }],
        exchangeRate: '99999999',
      },
      ['exchangeRate'],
    ],
    ['an id of control characters', { orderId: 'a\u0007b' }, ['orderId']],
    ['an id with a line break', { orderId: 'a\nb' }, ['orderId']],
    ['an id with blanks around', { customerId: ' c1' }, ['customerId']],
    ['an id that is too long', { orderId: 'x'.repeat(201) }, ['orderId']],
    ['half a character', { country: 'D\ud83d' }, ['country']],
    ['an empty key', { idempotencyKey: '' }, ['idempotencyKey']],
    [
      'a name that is too long',
      { lines: [{ ...line, productName: 'é'.repeat(501) }] },
      ['lines', '0', 'productName'],
    ],
  ])('is refused for %s', async (_, fields, path) => {
    // The first sale settles the reporting currency, without which a rate means nothing.
    await place();
    const answer = await place(fields);
    expect(answer).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', path });
    expect(answer.message).toMatch(/\S/);
  });

  it.each<[string, object]>([
    ['a fraction of a unit', { lines: [{ ...line, quantity: 1.5 }] }],
    ['more units than an integer holds', { lines: [{ ...line, quantity: 2 ** 31 }] }],
    ['an amount as a number', { shipping: 1.5 }],
    ['a date that does not exist', { placedAt: '2024-02-30T12:00:00Z' }],
    ['a field that does not exist', { colour: 'red' }],
  ])('is no valid input with %s', async (_, fields) => {
    const { data, errors } = await ask(PLACE, { input: orderInput(fields) });
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});

describe('unicode', () => {
  const READ = `query ($id: ID!, $customer: ID!, $token: String!) {
    order(id: $id, consistency: { token: $token }) { id customerId lines { productId productName category } }
    customer(id: $customer, consistency: { token: $token }) { id rfm { frequency } }
  }`;

  it.each([
    ['emoji, one of several code points', '👩‍👩‍👧‍👦🧾'],
    ['from right to left', 'طلب-١٢٣ שלום'],
    ['combining marks', 'e\u0301\u0302-Z\u0351a\u0334lgo'],
    ['beyond the basic plane', '𠜎𝒳\u{10fffd}'],
    ['quotes and statements', `'"; DROP TABLE orders; -- \\ $1 %s \${x}`],
  ])('goes in and comes out as it was, names composed: %s', async (_, text) => {
    const lines = [{ ...line, productId: text, productName: text, category: text }];
    const { __typename, consistencyToken } = await place({ orderId: text, customerId: text, lines });
    expect(__typename).toBe('OrderAccepted');
    const { data } = await ask(READ, { id: text, customer: text, token: consistencyToken });
    const name = text.normalize('NFC');
    expect(data).toEqual({
      order: { id: text, customerId: text, lines: [{ productId: text, productName: name, category: name }] },
      customer: { id: text, rfm: { frequency: 1 } },
    });
  });

  it('is compared as it is written: two notations of one character are two ids', async () => {
    await place({ customerId: 'Jos\u00e9' });
    const { consistencyToken } = await place({ customerId: 'Jose\u0301' });
    const { data } = await ask(READ, { id: 'none', customer: 'Jos\u00e9', token: consistencyToken });
    expect(data.customer.rfm.frequency).toBe(1);
  });
});

describe('a very long order', () => {
  it('of 10,000 lines is accepted as a whole or refused for its size', async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => ({ ...line, productId: `p${i}` }));
    const answer = await place({ lines });
    expect(['OrderAccepted', 'PayloadTooLarge']).toContain(answer.__typename);
    if (answer.__typename === 'OrderAccepted')
      expect(answer.order.total).toEqual({ amount: '10000.00', currency: 'EUR' });
    else expect(answer.sizeBytes).toBeGreaterThan(answer.limitBytes);
    // And the server goes on.
    expect(await place()).toMatchObject({ __typename: 'OrderAccepted' });
  });
});

describe('a projection that does not exist', () => {
  it.each([
    [['replay', 'category-revenues']],
    [['replay', 'orders', 'nonsense']],
    [['projections', 'diff', 'nonsense']],
    [['projections', 'switch', 'nonsense']],
    [['projections', 'rollback', 'nonsense']],
    [['projections', 'retry', 'nonsense']],
    [['projections', 'dead-letters', 'nonsense']],
  ])('is named in one line, with those there are: tidemark %j', async (args) => {
    const { exitCode, stdout, stderr } = await runProgram(args, env);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    for (const name of ['orders', 'customers', 'products', 'category-revenue', 'anomalies', 'rfm']) {
      expect(stderr).toContain(name);
    }
  });
});
