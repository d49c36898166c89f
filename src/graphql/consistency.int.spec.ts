import { startTestApi, type TestApi } from '../../test/support/api';
import { Shop } from '../../test/support/shop';

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
});
afterAll(() => api.close());

const AFTER_THE_LAST = '9999999999999999999';

it('with its token a query never misses a write, whichever read models it touches', async () => {
  const query = `query($id: ID!, $customer: ID!, $c: ConsistencyInput!) {
    order(id: $id, consistency: $c) { id status customer { id country rfm { frequency } } }
    customer(id: $customer, consistency: $c) { id orders { edges { node { id } } } rfm { frequency } }
    categoryRevenue(consistency: $c) { total { orders } }
    anomalyBaseline(consistency: $c) { population }
    rfm(consistency: $c) { population } }`;
  const missed: string[] = [];
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 6; i++) {
        const id = `w${writer}-${i}`;
        const token = await shop.place(id, { customerId: id });
        const data = await api.ask(query, { id, customer: id, c: { token } });
        const isThere =
          data.order?.customer.rfm?.frequency === 1 &&
          data.order.customer.country === 'DE' &&
          data.customer?.orders.edges.length === 1 &&
          data.customer.rfm?.frequency === 1 &&
          data.categoryRevenue.total.orders > i &&
          data.anomalyBaseline.population > i &&
          data.rfm.population > i;
        if (!isThere) missed.push(id);
      }
    }),
  );
  expect(missed).toEqual([]);
});

it('says that the read model lags when the token does not come in time', async () => {
  const { data, errors } = await api.post(
    `{ categoryRevenue(consistency: { token: "${AFTER_THE_LAST}", timeoutMs: 1 }) { currency } }`,
  );
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions).toEqual({
    code: 'PROJECTION_LAGGING',
    projection: 'category-revenue',
    token: AFTER_THE_LAST,
    position: expect.any(String),
  });
});

it('waits for the read models of the edges too', async () => {
  const lagging = async (query: string) => {
    const consistency = `consistency: { token: "${AFTER_THE_LAST}", timeoutMs: 1 }`;
    const { errors } = await api.post(query.replace('CONSISTENCY', consistency));
    return errors?.[0]?.extensions.code;
  };
  expect(await lagging('{ order(id: "w0-0", CONSISTENCY) { customer { rfm { tier } } } }')).toBe(
    'PROJECTION_LAGGING',
  );
  expect(await lagging('{ projections(CONSISTENCY) { name } }')).toBe('PROJECTION_LAGGING');
});

it('takes the token of a process that knows of Kafka, by its position', async () => {
  const position = await shop.place('elsewhere');
  const query = (token: string, timeoutMs: number) =>
    `{ order(id: "elsewhere", consistency: { token: "${token}", timeoutMs: ${timeoutMs} }) { id } }`;
  expect(await api.ask(query(`${position}.orders.0000002a`, 20_000))).toEqual({ order: { id: 'elsewhere' } });
  const { errors } = await api.post(query(`${AFTER_THE_LAST}.orders.0000002a`, 1));
  expect(errors?.[0]?.extensions.code).toBe('PROJECTION_LAGGING');
});

const NO_TOKENS = [
  'soon',
  '',
  '42',
  'MDAwMDAwMDAwMDAwMDAwMDAwMg',
  `${AFTER_THE_LAST}.`,
  '42.orders.0000002a',
];

it.each(NO_TOKENS)('refuses %p as a token', async (token) => {
  const { errors } = await api.post(
    'query($c: ConsistencyInput!) { order(id: "x", consistency: $c) { id } }',
    { c: { token } },
  );
  expect(errors?.[0]).toMatchObject({
    message: 'consistency.token: this is no consistency token',
    extensions: { code: 'BAD_USER_INPUT' },
  });
});

it.each([-1, 30_001])('refuses to wait for %d ms', async (timeoutMs) => {
  const { errors } = await api.post(
    'query($c: ConsistencyInput!) { order(id: "x", consistency: $c) { id } }',
    { c: { token: AFTER_THE_LAST, timeoutMs } },
  );
  expect(errors?.[0]?.message).toBe('consistency.timeoutMs: must be from 0 to 30000');
});
