import { getIntrospectionQuery } from 'graphql';
import { startTestApi, type TestApi } from '../../test/support/api';
import { TRANSPORTS } from '../../test/support/transports';
import { LIMITS } from '../graphql/limits';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const nested = (levels: number): string =>
  `{ customer(id: "x") { ${'orders { edges { node { customer { '.repeat(levels)}
    id ${'} } } }'.repeat(levels)} } }`;

const many = (count: number, field: (i: number) => string): string =>
  `{ ${Array.from({ length: count }, (_, i) => field(i)).join(' ')} }`;

const PLACE = 'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename } }';
const ORDER = { idempotencyKey: 'k', orderId: 'o', country: 'DE', currency: 'EUR', lines: [] };
const FILTER = 'query($f: OrderFilter) { orders(filter: $f) { edges { node { id } } } }';

describe.each(TRANSPORTS)('over %s', (transport, sendTo) => {
  const send = (query: string, variables?: object) => sendTo(api, query, variables);

  /** Sends what has to be refused; a WebSocket has no status. */
  async function refusal(query: string, variables?: object) {
    const { status, data, errors } = await send(query, variables);
    expect(data ?? null).toBeNull();
    if (transport === 'HTTP') expect(status).toBe(400);
    expect(errors).toHaveLength(1);
    return errors?.[0];
  }

  it('answers queries and mutations', async () => {
    expect((await send('{ order(id: "none") { id } }')).data).toEqual({ order: null });
    expect((await send(PLACE, { input: ORDER })).data).toEqual({
      placeOrder: { __typename: 'InvalidInput' },
    });
  });

  it('answers the introspection query', async () => {
    expect((await send(getIntrospectionQuery())).data.__schema.queryType.name).toBe('Query');
  });

  it('refuses what is no GraphQL', async () => {
    const error = await refusal('query { order(id: ');
    expect(error).toMatchObject({ extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(error?.message).toContain('Syntax Error');
  });

  it('refuses fields that do not exist', async () => {
    expect(await refusal('{ order(id: "x") { colour } }')).toMatchObject({
      message: expect.stringContaining('Cannot query field "colour" on type "Order"'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  it('refuses input fields that do not exist', async () => {
    expect(await refusal(PLACE, { input: { ...ORDER, colour: 'red' } })).toMatchObject({
      message: expect.stringContaining('Field "colour" is not defined'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('refuses money that travels as a float', async () => {
    const lines = [{ productId: 'p', unitPrice: 9.99, quantity: 1 }];
    expect(await refusal(PLACE, { input: { ...ORDER, lines } })).toMatchObject({
      message: expect.stringContaining('Decimal is written as a string'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('refuses deep queries, however they are written', async () => {
    expect((await refusal(nested(3)))?.message).toContain(`depth limit of ${LIMITS.depth} exceeded`);
    const fragments = `query { customer(id: "x") { ...A } }
      fragment A on Customer { orders { edges { node { customer { ...B } } } } }
      fragment B on Customer { orders { edges { node { customer { ...C } } } } }
      fragment C on Customer { orders { edges { node { id } } } }`;
    expect((await refusal(fragments))?.message).toContain('depth limit');
    expect((await send(nested(2))).errors).toBeUndefined();
  });

  it('refuses endless fragments', async () => {
    const circle =
      'query { customer(id: "x") { ...A } } ' +
      'fragment A on Customer { orders { edges { node { customer { ...A } } } } }';
    const { errors } = await send(circle);
    expect(errors?.map(({ message }) => message).join()).toContain(
      'Cannot spread fragment "A" within itself',
    );
  });

  it('refuses deep introspection', async () => {
    const deep = `{ __schema { types { ${'fields { type { '.repeat(8)} name ${'} }'.repeat(8)} } } }`;
    expect((await refusal(deep))?.message).toContain('Maximum introspection depth exceeded');
  });

  it('refuses many aliases', async () => {
    const query = many(LIMITS.aliases + 1, (i) => `a${i}: order(id: "${i}") { id }`);
    expect((await refusal(query))?.message).toContain(`Aliases limit of ${LIMITS.aliases} exceeded`);
  });

  it('refuses many aliases of __typename, which cost as much as any', async () => {
    const query = many(LIMITS.aliases + 1, (i) => `a${i}: __typename`);
    expect((await refusal(query))?.message).toContain(`Aliases limit of ${LIMITS.aliases} exceeded`);
  });

  it('refuses many directives', async () => {
    const query = many(LIMITS.directives + 1, () => '__typename @include(if: true)');
    expect((await refusal(query))?.message).toContain(`Directives limit of ${LIMITS.directives} exceeded`);
  });

  it('refuses long documents before it reads them through', async () => {
    const query = many(LIMITS.tokens, () => '__typename');
    expect(await refusal(query)).toMatchObject({
      message: expect.stringContaining(`Document contains more that ${LIMITS.tokens} tokens`),
      extensions: { code: 'GRAPHQL_PARSE_FAILED' },
    });
  });

  it('takes large pages of everything that a list shows', async () => {
    const all = `{ orders(first: 1000) {
      edges { cursor node {
        id status revision currency country region exchangeRate gross discounts returns shipping tax
        total { amount currency } placedAt history { type at }
        lines { productId productName category unitPrice quantity gross discount }
        customer { id name rfm { segment tier monetary } }
      } } pageInfo { endCursor } } }`;
    expect((await send(all)).errors).toBeUndefined();
  });

  it.each([
    ['in a variable', FILTER, { f: { country: 'D\0E' } }],
    [
      'deep in a variable',
      PLACE,
      { input: { ...ORDER, lines: [{ productId: 'a\0', unitPrice: 1, quantity: 1 }] } },
    ],
  ])('refuses NUL characters %s, and says where', async (_, query, variables) => {
    expect(await refusal(query, variables)).toMatchObject({
      message: expect.stringMatching(
        /^variables\.(f\.country|input\.lines\.0\.productId) has a NUL character$/,
      ),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('refuses NUL characters in a document', async () => {
    expect((await refusal('{ order(id: "a\\u0000") { id } }'))?.message).toBe('A string has a NUL character');
  });

  it('refuses very long strings, and does not repeat them', async () => {
    const long = 'x'.repeat(1024 * 1024);
    const error = await refusal(PLACE, { input: { ...ORDER, orderId: long } });
    expect(error?.message).toBe('variables.input.orderId has 1048576 characters; the limit is 65536');
    expect((await refusal(`{ order(id: "${long}") { id } }`))?.message.length).toBeLessThan(200);
  });

  it('refuses variables nested without end', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = [deep];
    expect((await refusal(FILTER, { f: {}, deep }))?.message).toContain('nested deeper than');
  });

  it('refuses an order of 40,000 lines before it looks at them', async () => {
    const line = { productId: 'p', unitPrice: '1', quantity: 1 };
    const input = { ...ORDER, lines: Array.from({ length: 40_000 }, () => line) };
    const error = await refusal(PLACE, { input });
    expect(error?.message).toBe('variables.input.lines has 40000 entries; the limit is 10000');
    expect(error?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('refuses more values in variables than any input has, also where nothing takes them', async () => {
    const rows = Array.from({ length: 1000 }, () => Array.from({ length: 101 }, () => 0));
    expect((await refusal(FILTER, { f: {}, rows }))?.message).toBe(
      `variables have more than ${LIMITS.variableValues} values`,
    );
  });

  it('refuses variables of the wrong type', async () => {
    expect(
      (await refusal('query($n: Int) { orders(first: $n) { asOf { position } } }', { n: 'ten' }))?.extensions,
    ).toEqual({
      code: 'BAD_USER_INPUT',
    });
  });

  it('tells nothing of what goes wrong inside', async () => {
    const broken = jest.spyOn(api.pool, 'query').mockImplementation(() => {
      throw new Error('relation "secret" does not exist at /srv/tidemark/dist');
    });
    try {
      const { data, errors } = await send('{ order(id: "x") { id } }');
      expect(data).toEqual({ order: null });
      expect(errors).toEqual([
        {
          message: 'Internal server error',
          locations: expect.anything(),
          path: ['order'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', correlationId: expect.any(String) },
        },
      ]);
      const logged = api.log.find((entry) => entry.includes(String(errors?.[0]?.extensions.correlationId)));
      expect(logged).toContain('relation \\"secret\\" does not exist');
    } finally {
      broken.mockRestore();
    }
  });

  it('goes on after all that', async () => {
    expect((await send('{ projections { name } }')).data.projections).toHaveLength(6);
  });
});
