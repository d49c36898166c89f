import { getIntrospectionQuery, getOperationAST, parse } from 'graphql';
import { LIMITS } from '../limits';
import { buildSchema } from '../schema';
import { OperationCost } from './operation-cost';

const schema = buildSchema();

function costOf(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('One operation, please');
  return new OperationCost(schema, document, operation, variables).total;
}

/** orders, edges, and per row node and id */
const PAGE = (rows: number) => 10 + 1 + rows * 2;

it('a page counts with as many rows as `first` allows', () => {
  expect(costOf('{ orders(first: 7) { edges { node { id } } } }')).toBe(PAGE(7));
  expect(costOf('{ orders { edges { node { id } } } }')).toBe(PAGE(LIMITS.pageSize.default));
  expect(costOf('{ orders(first: null) { edges { node { id } } } }')).toBe(PAGE(LIMITS.pageSize.default));
});

it('a `first` in a variable counts like any other', () => {
  const query = 'query($n: Int = 3) { orders(first: $n) { edges { node { id } } } }';
  expect(costOf(query, { n: 1000 })).toBe(PAGE(1000));
  expect(costOf(query)).toBe(PAGE(3));
  expect(costOf(query, { n: null })).toBe(PAGE(LIMITS.pageSize.default));
  const required = 'query($n: Int!) { orders(first: $n) { edges { node { id } } } }';
  expect(costOf(required)).toBe(PAGE(LIMITS.pageSize.default));
});

it.each([0, -5, 5000, 'x', Number.NaN, 1e308])(
  'a `first` of %p costs no more than the largest page',
  (first) => {
    const query = 'query($n: Int) { orders(first: $n) { edges { node { id } } } }';
    expect(costOf(query, { n: first })).toBe(PAGE(LIMITS.pageSize.max));
  },
);

it('what stands beside the rows of a page is there once', () => {
  expect(
    costOf('{ orders(first: 7) { edges { node { id } } pageInfo { endCursor } asOf { position } } }'),
  ).toBe(PAGE(7) + 4);
});

it('lists in lists multiply', () => {
  const inner = 10 + 1 + 20 * 2;
  expect(
    costOf('{ customers(first: 30) { edges { node { orders(first: 20) { edges { node { id } } } } } } }'),
  ).toBe(10 + 1 + 30 * (1 + inner));
});

it('every field counts that is answered, aliases of __typename too', () => {
  const fields = Array.from({ length: 25 }, (_, i) => `a${i}: __typename`).join(' ');
  expect(costOf(`{ orders(first: 10) { edges { node { ${fields} } } } }`)).toBe(10 + 1 + 10 * 26);
});

it('a field that reads something else counts as ten', () => {
  expect(costOf('{ orders(first: 10) { edges { node { customer { id } } } } }')).toBe(
    10 + 1 + 10 * (1 + 10 + 1),
  );
});

it('fragments count wherever they are spread, also in pages of different size', () => {
  const fragments =
    'fragment P on OrderConnection { edges { ...E } } fragment E on OrderEdge { node { id } }';
  expect(
    costOf(`{ a: orders(first: 5) { ...P } b: orders(first: 9) { ...P ... { ...P } } } ${fragments}`),
  ).toBe(PAGE(5) + 10 + 2 * (PAGE(9) - 10));
});

it('fragments that double at each level are walked through once', () => {
  const levels = Array.from(
    { length: 60 },
    (_, i) => `fragment F${i} on Order { ...F${i + 1} ...F${i + 1} }`,
  );
  const cost = costOf(`{ order(id: "x") { ...F0 } } ${levels.join(' ')} fragment F60 on Order { id }`);
  expect(cost).toBe(10 + 2 ** 60);
});

it('all members of a union and all types of an interface count', () => {
  const query =
    'mutation($i: PingInput!) { ping(input: $i) { ... on Pong { duplicate } ... on Failure { code message ' +
    '} ... on VersionConflict { currentRevision } } }';
  expect(costOf(query)).toBe(10 + 4);
});

it('the introspection query of the tools is allowed, and not several of them', () => {
  const cost = costOf(getIntrospectionQuery());
  expect(cost).toBeLessThan(LIMITS.cost);
  expect(2 * cost).toBeGreaterThan(LIMITS.cost);
});

it('introspection counts with its lists', () => {
  expect(costOf('{ __schema { types { name } } }')).toBeGreaterThan(Object.keys(schema.getTypeMap()).length);
  expect(costOf('{ __type(name: "Order") { fields { name } } }')).toBe(10 + 1 + 3);
});

it.each([
  [
    'a thousand orders with ten fields',
    '{ orders(first: 1000) { edges { node { id status revision currency country gross tax shipping ' +
      'placedAt customerId } } } }',
  ],
  [
    'the orders of fifty customers',
    '{ customers { edges { node { id name orders { edges { node { id status total { amount } } } } } } } }',
  ],
])('%s are far from the limit', (_, query) => {
  expect(costOf(query)).toBeLessThan(LIMITS.cost / 5);
});
