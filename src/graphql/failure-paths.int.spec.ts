import { type GraphQLInputType, getNamedType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { type Json, startTestApi, type TestApi } from '../../test/support/api';
import { buildSchema } from './schema';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
});
afterAll(() => api.close());

const schema = buildSchema();
const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
  ({ name }) => name !== 'ping',
);

const line = { productId: 'p', unitPrice: '1.00', quantity: 1 };
const sale = { country: 'France', currency: 'EUR', lines: [line] };
const named = { name: 'Ada', email: 'ada@example.com' };
const priced = { name: 'Mug', category: 'Kitchen', price: '1.00', currency: 'EUR' };

/** Of each mutation: the name of its id, a good input, and the mutations that have to run before it. */
const GOOD: Record<string, { id: string; input?: object; after?: string[] }> = {
  placeOrder: { id: 'orderId', input: sale },
  payOrder: { id: 'orderId', after: ['placeOrder'] },
  shipOrder: { id: 'orderId', after: ['placeOrder', 'payOrder'] },
  deliverOrder: { id: 'orderId', after: ['placeOrder', 'payOrder', 'shipOrder'] },
  cancelOrder: { id: 'orderId', after: ['placeOrder'] },
  returnItems: { id: 'orderId', input: { lines: [{ productId: 'p', quantity: 1 }] }, after: ['placeOrder'] },
  issueCreditNote: { id: 'creditNoteId', input: sale },
  registerCustomer: { id: 'customerId', input: named },
  changeCustomer: { id: 'customerId', input: { country: 'Spain' }, after: ['registerCustomer'] },
  listProduct: { id: 'productId', input: priced },
  changeProductPrice: { id: 'productId', input: { price: '2.00' }, after: ['listProduct'] },
  recategoriseProduct: { id: 'productId', input: { category: 'Gifts' }, after: ['listProduct'] },
};

/** Values that GraphQL takes and no command does. */
const BAD: Record<string, unknown> = {
  ID: ' ',
  String: 'x'.repeat(2_001),
  Decimal: '-1.00000000001',
  DateTime: '2999-01-01T00:00:00Z',
  Int: -1,
};

/** Every field of an input type, as its path and its type. */
function* fieldsOf(type: GraphQLInputType, path: string[] = []): Generator<{ path: string[]; bad: unknown }> {
  const inner = getNullableType(type);
  if (isListType(inner)) {
    yield { path, bad: [] };
    yield* fieldsOf(inner.ofType, [...path, '0']);
  } else if (isInputObjectType(inner)) {
    for (const field of Object.values(inner.getFields())) yield* fieldsOf(field.type, [...path, field.name]);
  } else yield { path, bad: BAD[getNamedType(type).name] };
}

const cases = mutations.flatMap(({ name, args }) =>
  [...fieldsOf(args[0]?.type as GraphQLInputType)].map(
    ({ path, bad }) => [name, path.join('.'), path, bad] as const,
  ),
);

async function run(mutation: string, input: object): Promise<Json> {
  const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
  const query =
    `mutation($input: ${type}!) { ${mutation}(input: $input) { __typename ... ` +
    'on Failure { code message path } } }';
  return (await api.ask(query, { input }))[mutation];
}

let things = 0;
const goodInput = (mutation: string, thing: string) => {
  const { id, input } = GOOD[mutation] ?? { id: '' };
  return structuredClone({ idempotencyKey: mutation, [id]: thing, ...input });
};

it.each(cases)('%s names %s when that is wrong, in path and message', async (mutation, field, path, bad) => {
  const thing = `thing-${++things}`;
  for (const before of GOOD[mutation]?.after ?? []) {
    expect(await run(before, goodInput(before, thing))).not.toHaveProperty('code');
  }
  const input: Json = goodInput(mutation, thing);
  const place = path.slice(0, -1).reduce((inside, part) => inside[part], input);
  place[path.at(-1) ?? ''] = bad;
  const failure = await run(mutation, input);
  expect(failure).toMatchObject({ code: 'INVALID_INPUT', path });
  expect(failure.message).toMatch(new RegExp(`^${field.replaceAll('.', '\\.')} \\w`));
  expect(await run(mutation, goodInput(mutation, thing))).not.toHaveProperty('code');
});

it('a wrong value is not repeated, however long', async () => {
  const long = 'x'.repeat(10_000);
  for (const more of [
    { orderId: long },
    { country: long },
    { currency: long },
    { lines: [{ ...line, category: long }] },
  ]) {
    const { message } = await run('placeOrder', { ...goodInput('placeOrder', 'long'), ...more });
    expect(message.length).toBeLessThan(100);
  }
});
