import { type Json, startTestApi, type TestApi } from '../../../test/support/api';
import { Shop } from '../../../test/support/shop';

let api: TestApi;
let statements: string[] = [];

const ORDERS = 120;
const CUSTOMERS = 40;

beforeAll(async () => {
  api = await startTestApi();
  const shop = new Shop(api);
  const ids = Array.from({ length: ORDERS }, (_, i) => i);
  let token = '';
  await Promise.all(
    [0, 1, 2, 3].map(async (part) => {
      for (const i of ids.filter((id) => id % 4 === part)) {
        const price = i === 77 ? '50000.00' : `${20 + (i % 9)}.00`;
        const written = await shop.place(`o${i}`, { customerId: `c${i % CUSTOMERS}`, price });
        if (written > token) token = written;
      }
    }),
  );
  await api.ask(`{ projections(consistency: { token: "${token}" }) { name } }`);
  countStatements();
}, 120_000);
afterAll(() => api.close());

/** Writes down every statement that the API sends, whether through the pool or a connection of it. */
function countStatements(): void {
  const record = (target: { query: unknown }) => {
    const query = (target.query as (...args: unknown[]) => unknown).bind(target);
    target.query = (...args: unknown[]) => {
      const [what] = args as [string | { text: string }];
      statements.push(typeof what === 'string' ? what : what.text);
      return query(...args);
    };
  };
  // A statement of the pool is passed on to a connection: only the pool's own count is taken.
  record(api.pool as unknown as { query: unknown });
}

async function statementsOf(query: string): Promise<[number, Json]> {
  statements = [];
  const data = await api.ask(query);
  return [statements.length, data];
}

it.each([1, 100])('%d orders with customers and their scores cost three statements', async (first) => {
  const [count, { orders }] = await statementsOf(
    `{ orders(first: ${first}) { edges { node {
      id total { amount } customer { id name country rfm { segment tier } } } } } }`,
  );
  expect(orders.edges).toHaveLength(first);
  for (const { node } of orders.edges) expect(node.customer.rfm.tier).toMatch(/VIP|GOLD|SILVER/);
  expect(count).toBe(3);
});

it.each([1, 40])('%d customers with their orders and the customers of those cost three', async (first) => {
  const [count, { customers }] = await statementsOf(
    `{ customers(first: ${first}) { edges { node { id orders(first: 2) {
      edges { node { id lines { net } customer { name } } } pageInfo { hasNextPage } } } } } }`,
  );
  expect(customers.edges).toHaveLength(first);
  for (const { node } of customers.edges) {
    expect(node.orders.edges).toHaveLength(2);
    expect(node.orders.pageInfo.hasNextPage).toBe(true);
  }
  expect(count).toBe(3);
});

it('anomalies with their orders and customers cost one statement for each edge', async () => {
  const [count, { anomalies }] = await statementsOf(
    `{ anomalies(basis: AT_ARRIVAL, threshold: 1) { edges { node {
      zScore order { id status lines { net } customer { name rfm { tier } } } } } } }`,
  );
  expect(anomalies.edges.length).toBeGreaterThan(1);
  expect(count).toBe(4);
});

it('asking an edge for no more than its id costs nothing', async () => {
  const [count] = await statementsOf('{ orders(first: 100) { edges { node { id customer { id } } } } }');
  expect(count).toBe(1);
  const [arrivals] = await statementsOf(
    '{ anomalies(basis: AT_ARRIVAL) { edges { node { order { id } } } } }',
  );
  expect(arrivals).toBe(1);
});

it('reads lines and history only where they are asked for', async () => {
  await statementsOf('{ orders { edges { node { id } } } }');
  expect(statements.join()).not.toMatch(/order_events/);
  await statementsOf(
    'query { orders { edges { node { ...Parts } } } } fragment Parts on Order { lines { net } }',
  );
  expect(statements.join()).toMatch(/e\.lines/);
  expect(statements.join()).not.toMatch(/e\.details/);
});

it('flags large orders on basis ROBUST, and says so', async () => {
  const { anomalies } = await api.ask(
    '{ anomalies(basis: ROBUST) { totalCount edges { node { order { id } zScore population reason } } } }',
  );
  expect(anomalies.totalCount).toBe(1);
  expect(anomalies.edges[0].node).toMatchObject({ order: { id: 'o77' }, population: ORDERS });
  expect(anomalies.edges[0].node.zScore).toBeGreaterThan(3.5);
  expect(anomalies.edges[0].node.reason).toMatch(/^50,000\.00 has a robust score of .* over 120 orders$/);
});
