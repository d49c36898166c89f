import { type Json, startTestApi, type TestApi } from '../../test/support/api';
import { Shop } from '../../test/support/shop';

let api: TestApi;
let shop: Shop;

/** The same customer's orders, the newest imported first; two of 3 March have one time. */
beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
  const place = (id: string, day: number, price = '10.00') =>
    shop.place(id, { customerId: 'ada', price, at: `2024-03-${String(day).padStart(2, '0')}T12:00:00Z` });
  for (const day of [20, 19, 18, 17, 16, 15, 14, 13, 12, 11])
    await place(`d${day}`, day, `${9 + (day % 3)}.00`);
  await place('dearer', 25, '9900.00');
  await place('same-1', 3);
  await place('same-2', 3);
  await place('oldest', 1);
  await place('dear', 2, '9000.00');
});
afterAll(() => api.close());

const PLACED = ['dearer', ...[20, 19, 18, 17, 16, 15, 14, 13, 12, 11].map((day) => `d${day}`)].concat([
  'same-2',
  'same-1',
  'dear',
  'oldest',
]);

async function pages(query: string, connection: (answer: Json) => Json): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null = null; ; ) {
    const answer = await api.ask(query, { after, c: { token: shop.token } });
    const { edges, pageInfo } = connection(answer);
    seen.push(...edges.map(({ node }: Json) => node.id ?? node.order.id));
    if (!pageInfo.hasNextPage) return seen;
    after = pageInfo.endCursor;
  }
}

const PAGE = 'pageInfo { hasNextPage endCursor }';

it.each([1, 2, 50])('orders are listed by the time they were placed, %d a page', async (first) => {
  const all = `query($after: String, $c: ConsistencyInput) {
    orders(first: ${first}, after: $after, consistency: $c) { edges { node { id } } ${PAGE} } }`;
  expect(await pages(all, ({ orders }) => orders)).toEqual(PLACED);
  const filtered = all.replace(
    'first:',
    'filter: { placedTo: "2024-03-12T00:00:00Z", status: PLACED } first:',
  );
  expect(await pages(filtered, ({ orders }) => orders)).toEqual(PLACED.slice(-5));
  const ofCustomer = `query($after: String, $c: ConsistencyInput) { customer(id: "ada", consistency: $c) {
    orders(first: ${first}, after: $after) { edges { node { id } } ${PAGE} } } }`;
  expect(await pages(ofCustomer, ({ customer }) => customer.orders)).toEqual(PLACED);
});

it.each([
  ['NOW', ['dearer', 'dear']],
  ['AT_ARRIVAL', ['dear', 'dearer']],
])('anomalies on basis %s are listed by what the schema says', async (basis, ids) => {
  const query = `query($after: String, $c: ConsistencyInput) {
    anomalies(basis: ${basis}, threshold: 1.5, first: 1, after: $after, consistency: $c) {
      edges { node { order { id } } } ${PAGE} } }`;
  expect(await pages(query, ({ anomalies }) => anomalies)).toEqual(ids);
});

it('a cursor of another list is refused', async () => {
  const { anomalies } = await api.ask(
    'query($c: ConsistencyInput) { anomalies(basis: AT_ARRIVAL, consistency: $c) { pageInfo { endCursor } ' +
      '} }',
    { c: { token: shop.token } },
  );
  const { errors } = await api.post('query($after: String) { orders(after: $after) { edges { cursor } } }', {
    after: anomalies.pageInfo.endCursor,
  });
  expect(errors?.[0]?.message).toBe('after: this is no cursor of this list');
});
