import { type Json, startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
});
afterAll(() => api.close());

const PLACE = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on OrderAccepted { order { id total { amount } } consistencyToken duplicate } ... on Failure { code
  message path } } }`;

let orders = 0;
async function place(line: object = {}, more: object = {}): Promise<Json> {
  const input = {
    idempotencyKey: 'k',
    orderId: `n-${++orders}`,
    country: 'France',
    currency: 'EUR',
    lines: [{ productId: 'p', unitPrice: '1.00', quantity: 1, ...line }],
    ...more,
  };
  return (await api.ask(PLACE, { input })).placeOrder;
}

it('Kitchen is one category and one country, with whatever blanks and code points', async () => {
  const names = ['Küche', ' Küche\u00a0', 'Ku\u0308che', 'Küche\u200b'];
  let token = '';
  for (const name of names) token = (await place({ category: name }, { country: name })).consistencyToken;
  const query = `query($consistency: ConsistencyInput, $filter: OrderFilter) {
    categoryRevenue(consistency: $consistency) { rows { category orders } }
    orders(filter: $filter, consistency: $consistency) { edges { node { country } } } }`;
  for (const country of names) {
    const answer = await api.ask(query, { consistency: { token }, filter: { country } });
    expect(answer.categoryRevenue.rows).toEqual([{ category: 'Küche', orders: 4 }]);
    expect(answer.orders.edges).toEqual(Array(4).fill({ node: { country: 'Küche' } }));
  }
});

it('the same order in another notation is the same request', async () => {
  const orderId = 'same';
  const first = await place({ category: 'Küche' }, { orderId });
  const again = { orderId, country: 'France ', shipping: '0.000' };
  expect(await place({ category: 'Ku\u0308che', unitPrice: '1' }, again)).toEqual({
    ...first,
    duplicate: true,
  });
});

it.each([
  ['an order', {}, { orderId: '\ufeffn-1' }, 'orderId must not begin or end with a blank'],
  ['a customer', {}, { customerId: 'ada\u200b' }, 'customerId must not begin or end with a blank'],
  ['a customer', {}, { customerId: 'ada ' }, 'customerId must not begin or end with a blank'],
  ['a product', { productId: '\tp' }, {}, 'lines.0.productId must have printable characters only'],
])('%s whose id has a blank around it is refused', async (_, line, more, message) => {
  expect(await place(line, more)).toMatchObject({ code: 'INVALID_INPUT', message });
});

it('amounts are exact with any number of zeros, and refused below the unit of the currency', async () => {
  const yen = { currency: 'JPY', shipping: '395', tax: '0.00', exchangeRate: '0.006100000000000' };
  expect(await place({ unitPrice: '750.00' }, yen)).toMatchObject({ order: { total: { amount: '1145' } } });
  expect(await place({ unitPrice: '5.000' }, { tax: '5.000' })).toMatchObject({
    order: { total: { amount: '10.00' } },
  });
  expect(await place({}, { ...yen, tax: '0.50' })).toMatchObject({
    code: 'INVALID_INPUT',
    message: 'tax must not have decimals in JPY',
    path: ['tax'],
  });
});
