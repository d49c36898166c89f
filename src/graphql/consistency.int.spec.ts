import { startTestApi, type TestApi } from '../../test/support/api';
import { whileHeldBack } from '../../test/support/hold-back';
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

it('an answer under the token of a payment says PAID, also beside a field that read it before', async () => {
  const query = `query($id: ID!, $token: String!) {
    now: order(id: $id) { status } sure: order(id: $id, consistency: { token: $token }) { status } }`;
  for (let i = 0; i < 5; i++) {
    const id = `paid-${i}`;
    await api.ask(query, { id, token: await shop.place(id) });
    const [answer] = await whileHeldBack(api, ['orders'], async () => {
      const asked = api.ask(query, { id, token: await shop.pay(id) });
      // When a later query is answered, the field without a token has read.
      expect(await api.ask('query($id: ID!) { order(id: $id) { status } }', { id })).toEqual({
        order: { status: 'PLACED' },
      });
      return [asked];
    });
    expect((await answer).sure).toEqual({ status: 'PAID' });
  }
});

it('says which read model lags, when the token does not come in time', async () => {
  await whileHeldBack(api, ['category-revenue'], async () => {
    const token = await shop.place('late');
    const query = `{ categoryRevenue(consistency: { token: "${token}", timeoutMs: 1 }) { currency } }`;
    const { data, errors } = await api.post(query);
    expect(data).toBeNull();
    const position = errors?.[0]?.extensions.position as string;
    expect(errors?.[0]).toMatchObject({
      message: `Projection category-revenue has not reached ${token} yet: it stands at ${position}`,
      extensions: { code: 'PROJECTION_LAGGING', projection: 'category-revenue', token },
    });
    expect(position < token).toBe(true);
  });
});

it('waits for the scores that customers are chosen by', async () => {
  await whileHeldBack(api, ['rfm'], async () => {
    const token = await shop.place('scored', { customerId: 'scored' });
    expect(await api.progress.waitFor('customers', token, { timeoutMs: 20_000 })).toBe(true);
    const ask = (args: string) =>
      api.post(
        `{ customers(${args} consistency: { token: "${token}", timeoutMs: 0 }) { edges { cursor } } }`,
      );
    for (const chosen of ['tier: VIP', 'segment: "New"'])
      expect((await ask(chosen)).errors?.[0]?.extensions).toMatchObject({ projection: 'rfm' });
    expect((await ask('')).errors).toBeUndefined();
  });
});

it('takes the token of a process that knows of Kafka, by its position', async () => {
  const position = await shop.place('elsewhere');
  const query = (token: string, timeoutMs: number) =>
    `{ order(id: "elsewhere", consistency: { token: "${token}", timeoutMs: ${timeoutMs} }) { id } }`;
  expect(await api.ask(query(`${position}.orders.0000002a`, 20_000))).toEqual({ order: { id: 'elsewhere' } });
  await whileHeldBack(api, ['orders'], async () => {
    const later = await shop.place('elsewhere too');
    const { errors } = await api.post(query(`${later}.orders.0000002a`, 1));
    expect(errors?.[0]?.extensions.code).toBe('PROJECTION_LAGGING');
  });
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

const OTHERS: [what: string, token: string, timeoutMs: number, why: string][] = [
  ['an EventStoreDB', '00000000000000000001', 20_000, 'of another event store'],
  ['an EventStoreDB, with Kafka', '00000000000000000001.orders.0000002a', 20_000, 'of another event store'],
  ['a longer log', AFTER_THE_LAST, 1, 'of another event store: the log of this one ends at '],
  ['a longer log, with Kafka', `${AFTER_THE_LAST}.orders.0000002a`, 1, 'of another event store: the log'],
];

it.each(OTHERS)('says that the token of %s is none of this store', async (_, token, timeoutMs, why) => {
  const { data, errors } = await api.post(
    'query($c: ConsistencyInput!) { orders(consistency: $c) { edges { cursor } } }',
    { c: { token, timeoutMs } },
  );
  expect(data).toBeNull();
  expect(errors).toMatchObject([
    {
      message: expect.stringContaining(`consistency.token: this token is ${why}`),
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
});

it.each([-1, 30_001])('refuses to wait for %d ms', async (timeoutMs) => {
  const { errors } = await api.post(
    'query($c: ConsistencyInput!) { order(id: "x", consistency: $c) { id } }',
    { c: { token: AFTER_THE_LAST, timeoutMs } },
  );
  expect(errors?.[0]?.message).toBe('consistency.timeoutMs: must be from 0 to 30000');
});
