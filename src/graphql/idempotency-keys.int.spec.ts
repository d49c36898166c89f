import { type Json, startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const FAILURE = '... on Failure { code message path }';
const CHANGE = `mutation($input: ChangeCustomerInput!) { changeCustomer(input: $input) { __typename
  ... on CustomerAccepted { customer { id name country revision } consistencyToken duplicate }
  ... on TooManyUnchanged { limit retryAt } ${FAILURE} } }`;
const REGISTER =
  'mutation($input: RegisterCustomerInput!) { registerCustomer(input: $input) { __typename } }';
const PLACE = `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) {
  ... on OrderAccepted { order { id } duplicate } ${FAILURE} } }`;

const register = (customerId: string) =>
  api.ask(REGISTER, { input: { idempotencyKey: 'n0', customerId, name: 'Ada', country: 'France' } });
const move = async (idempotencyKey: string, customerId: string, country: string): Promise<Json> =>
  (await api.ask(CHANGE, { input: { idempotencyKey, customerId, country } })).changeCustomer;
const place = async (orderId: string): Promise<Json> => {
  const lines = [{ productId: 'p', unitPrice: '1.00', quantity: 1 }];
  const input = { idempotencyKey: 'checkout-77', orderId, country: 'France', currency: 'EUR', lines };
  return (await api.ask(PLACE, { input })).placeOrder;
};

describe('an idempotency key', () => {
  it('is remembered of a change that changed nothing: its retry does not undo a newer one', async () => {
    const customerId = 'noop-1';
    await register(customerId);
    const first = await move('n1', customerId, 'France');
    expect(first).toMatchObject({ duplicate: false, customer: { country: 'France', revision: 1 } });
    expect(await move('n2', customerId, 'Spain')).toMatchObject({
      customer: { country: 'Spain', revision: 2 },
    });
    expect(await move('n1', customerId, 'France')).toEqual({ ...first, duplicate: true });
    expect(await move('n1', customerId, 'Italy')).toMatchObject({ __typename: 'IdempotencyKeyReused' });
    expect(await move('n3', customerId, 'Spain')).toMatchObject({
      customer: { country: 'Spain', revision: 3 },
    });
    const consistency = { token: (await move('n3', customerId, 'Spain')).consistencyToken };
    const query =
      'query($consistency: ConsistencyInput) { customer(id: "noop-1", consistency: $consistency) ' +
      '{ country revision } }';
    expect((await api.ask(query, { consistency })).customer).toEqual({ country: 'Spain', revision: 3 });
  });

  it('of too many changes that change nothing is told when the next is taken', async () => {
    const customerId = 'noop-2';
    await register(customerId);
    for (let i = 0; i < 32; i++) await move(`u${i}`, customerId, 'France');
    expect(await move('one more', customerId, 'France')).toEqual({
      __typename: 'TooManyUnchanged',
      code: 'TOO_MANY_UNCHANGED',
      message: expect.stringMatching(
        /^It is so already, and 32 commands on customer-noop-2 changed nothing within a day/,
      ),
      path: [],
      limit: 32,
      retryAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('over two orders is two commands, and the schema says so', async () => {
    for (const id of ['same-1', 'same-2'])
      expect(await place(id)).toEqual({ order: { id }, duplicate: false });
    expect(await place('same-1')).toEqual({ order: { id: 'same-1' }, duplicate: true });
    const { __type } = await api.ask(
      '{ __type(name: "PlaceOrderInput") { inputFields { name description } } }',
    );
    const { description } = __type.inputFields.find(({ name }: Json) => name === 'idempotencyKey');
    expect(description).toMatch(/one key over two orders is two commands/);
    expect(description).toMatch(/A refusal is not remembered/);
  });
});
