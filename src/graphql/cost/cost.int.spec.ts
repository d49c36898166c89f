import { type Json, Subscribed, startTestApi, type TestApi } from '../../../test/support/api';
import { Shop } from '../../../test/support/shop';
import { TRANSPORTS } from '../../../test/support/transports';
import { LIMITS } from '../limits';

let api: TestApi;
let shop: Shop;

/** An order of so many lines has a little less than a megabyte. Five are more than one operation may read. */
const LINES = 1_500;
const LARGE = 5;

const LARGE_LINES = Array.from({ length: LINES }, (_, i) => ({
  productId: `p${i}`,
  productName: `${i} ${'x'.repeat(490)}`,
  unitPrice: '1.00',
  quantity: 1,
}));

beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
  await shop.place('small', { customerId: 'small' });
  for (let i = 0; i < LARGE; i++) await shop.placeLines(`large${i}`, LARGE_LINES, { customerId: 'large' });
}, 120_000);
afterAll(() => api.close());

const many = (count: number, field: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => field(i)).join(' ');

const LARGE_ORDERS = 'filter: { customerId: "large" }';
const oneOrder = `orders(first: 1, ${LARGE_ORDERS})`;

describe.each(TRANSPORTS)('over %s', (_transport, sendTo) => {
  const send = (query: string, variables?: object) => sendTo(api, query, variables);

  /** Sends what has to be refused before anything is read for it. */
  async function refusal(query: string, variables?: object) {
    const statements = jest.spyOn(api.pool, 'query');
    try {
      const { status, data, errors } = await send(query, variables);
      expect(status).toBe(400);
      expect(data ?? null).toBeNull();
      expect(errors).toHaveLength(1);
      expect(statements).not.toHaveBeenCalled();
      return errors?.[0];
    } finally {
      statements.mockRestore();
    }
  }

  it('says what an operation costs, and what is allowed', async () => {
    const query =
      'query($n: Int!) { customers(first: $n) { edges { node { orders(first: $n) { edges { node { id } } ' +
      '} } } } }';
    const error = await refusal(query, { n: 1000 });
    expect(error?.message).toMatch(/^This operation costs 2012011, and 100000 is allowed/);
    expect(error?.extensions).toEqual({ code: 'BAD_USER_INPUT', cost: 2_012_011, limit: LIMITS.cost });
    expect((await send(query, { n: 30 })).errors).toBeUndefined();
  });

  it.each([
    [
      '19 large pages of a fragment',
      `query($n: Int!) { ${many(19, (i) => `q${i}: orders(first: $n) { edges { node { ...F } } }`)} }
      fragment F on Order { id status revision customerId currency country region gross tax
      ${many(11, () => '__typename')} }`,
    ],
    [
      'customers, their orders, and the lines of those',
      'query($n: Int!) { customers(first: $n) { edges { node { orders(first: 50) { edges { node { lines { ' +
        'net } } } } } } } }',
    ],
    [
      'six lists under aliases',
      `query($n: Int!) { ${many(6, (i) => `q${i}: customers(first: $n) { ...C }`)} }
      fragment C on CustomerConnection { edges { node { orders(first: 5) { edges { node { id } } } } } }`,
    ],
    [
      'edges that lead back',
      'query($n: Int!) { orders(first: $n) { edges { node { customer { orders(first: $n) ' +
        '{ edges { node { id } } } } } } } }',
    ],
    [
      'anomalies with the orders of their customers',
      'query($n: Int!) { anomalies(first: $n) { edges { node { order { customer { orders { edges { node { ' +
        'id } } } } } } } } }',
    ],
  ])('refuses %s before anything is read', async (_, query) => {
    expect((await refusal(query, { n: 1000 }))?.message).toMatch(
      /^This operation costs \d+, and 100000 is allowed/,
    );
  });

  it('refuses the introspection many times over', async () => {
    const types =
      '{ types { name fields { name args { name type { name } } type { name ofType { name } } } } }';
    const query = `{ ${many(25, (i) => `s${i}: __schema ${types}`)} }`;
    expect((await refusal(query))?.message).toMatch(/^This operation costs/);
  });

  it.each([
    ['a page', `{ orders(first: 150, ${LARGE_ORDERS}) { edges { node { lines { quantity } } } } }`],
    ['one customer', '{ customers { edges { node { orders { edges { node { lines { quantity } } } } } } } }'],
    [
      'aliases, each of which could be read',
      `{ ${many(LARGE, (i) => `q${i}: order(id: "large${i}") { ...L }`)}
         ${many(LARGE, (i) => `o${i}: ${oneOrder} { edges { node { ...L } } }`)} }
      fragment L on Order { lines { quantity } }`,
    ],
  ])('does not read the lines of large orders on %s, and says how many bytes they have', async (_, query) => {
    const { data, errors } = await send(query);
    expect(data).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toMatch(
      /^The lines and histories of these orders have \d{7,8} bytes, and one operation may read 4194304/,
    );
    expect(errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      bytes: expect.any(Number),
      limit: LIMITS.storedBytes,
    });
  });

  it('gives large orders without their lines, and a large order whole', async () => {
    const { data } = await send(
      `{ orders(first: 150, ${LARGE_ORDERS}) { edges { node { id total { amount } } } } }`,
    );
    expect(data.orders.edges).toHaveLength(LARGE);
    const whole = await send(
      '{ order(id: "large0") { lines { lineNumber productId productName category unitPrice quantity gross ' +
        'discount net } } }',
    );
    expect(whole.data.order.lines).toHaveLength(LINES);
    expect(whole.data.order.lines[1]).toEqual({
      lineNumber: 2,
      productId: 'p1',
      productName: `1 ${'x'.repeat(490)}`,
      category: 'Uncategorised',
      unitPrice: '1.00',
      quantity: 1,
      gross: '1.00',
      discount: '0.00',
      net: '1.00',
    });
  });

  it('charges the lines of an order for each of their fields', async () => {
    const rows = (fields: number) =>
      `{ orders(first: 3, ${LARGE_ORDERS}) { edges { node { lines { ` +
      `${many(fields, (i) => `a${i}: quantity`)} } } } } }`;
    const { data, errors } = await send(rows(LIMITS.aliases));
    expect(data).toBeNull();
    expect(errors?.[0]?.message).toMatch(/^This operation costs \d{6}, and 100000 is allowed/);
    expect((await send(rows(20))).errors).toBeUndefined();
  });

  it('does not write an answer that repeats long texts', async () => {
    const fields = many(LIMITS.aliases, (i) => `a${i}: productName`);
    const { data, errors } = await send(`{ order(id: "large0") { lines { ${fields} } } }`);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]?.message).toMatch(/^This answer has \d{8} characters, and 8388608 are allowed/);
  });
});

it('a subscription has its budget for each push, and goes on after one that is refused', async () => {
  const watch = (id: string, fields: string) =>
    new Subscribed(
      api.connect(),
      `subscription { orderChanged(id: "${id}") { status lines { ${fields} } } }`,
    );
  const cheap = watch('large0', 'quantity');
  expect((await cheap.next()).orderChanged.lines).toHaveLength(LINES);
  await shop.pay('large0');
  expect((await cheap.next()).orderChanged).toMatchObject({
    status: 'PAID',
    lines: expect.any(Array) as Json,
  });
  await cheap.end();

  const tiny = { unitPrice: '1', quantity: 1 };
  await shop.placeLines(
    'tiny',
    Array.from({ length: 4000 }, (_, i) => ({ ...tiny, productId: `${i}` })),
  );
  const costly = watch(
    'tiny',
    many(LIMITS.aliases, (i) => `a${i}: quantity`),
  );
  await expect(costly.next()).rejects.toThrow('This operation costs 124042, and 100000 is allowed');
  await shop.pay('tiny');
  await expect(costly.next()).rejects.toThrow('This operation costs 124042');
  await costly.end();
});
