import { type Json, startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const ORDER = 'order { id status revision total { amount currency } customerId }';
const ACCEPTED = 'consistencyToken duplicate';
const FAILURE = `... on Failure { code message path }
  ... on IllegalTransition { status }
  ... on ReturnExceedsPurchase { productId purchased alreadyReturned requested }
  ... on RefundExceedsCharge { charged alreadyRefunded requestedAmount currency }
  ... on CurrencyMismatch { expected actual }
  ... on VersionConflict { expectedRevision currentRevision }
  ... on PayloadTooLarge { sizeBytes limitBytes }`;

const SUCCESS: Record<string, string> = {
  issueCreditNote:
    '... on CreditNoteAccepted { creditNote { id customerId amount { amount currency } ' +
    `revision } ${ACCEPTED} }`,
  registerCustomer: `... on CustomerAccepted { customer { id name email country region revision }
    ${ACCEPTED} }`,
  changeCustomer: `... on CustomerAccepted { customer { id name email country region revision }
    ${ACCEPTED} }`,
  listProduct:
    '... on ProductAccepted { product { id name category price { amount currency } revision } ' +
    `${ACCEPTED} }`,
  changeProductPrice: `... on ProductAccepted { product { id price { amount currency } revision }
    ${ACCEPTED} }`,
  recategoriseProduct: `... on ProductAccepted { product { id category revision } ${ACCEPTED} }`,
};

/** Runs a mutation by name. GraphQL demands that it has no fragment on a failure that it cannot have. */
async function mutate(name: string, input: object): Promise<Json> {
  const type = name[0]?.toUpperCase() + name.slice(1);
  const { __type } = await api.ask(`{ __type(name: "${type}Result") { possibleTypes { name } } }`);
  const possible = new Set(__type.possibleTypes.map((each: { name: string }) => each.name));
  const failures = FAILURE.split('\n')
    .filter((line) => /on Failure/.test(line) || possible.has(/on (\w+)/.exec(line)?.[1]))
    .join('\n');
  const success = SUCCESS[name] ?? `... on OrderAccepted { ${ORDER} ${ACCEPTED} }`;
  const query =
    `mutation($input: ${type}Input!) { ${name}(input: $input) { __typename ${success} ` + `${failures} } }`;
  return (await api.ask(query, { input }))[name];
}

let keys = 0;
const key = () => `key-${++keys}`;
let orders = 0;

const line = {
  productId: 'p1',
  productName: 'Tide tables',
  category: 'Books',
  unitPrice: '10.005',
  quantity: 3,
};

function order(more: object = {}) {
  const orderId = `order-${++orders}`;
  const input = {
    idempotencyKey: key(),
    orderId,
    customerId: 'ada',
    country: 'DE',
    currency: 'EUR',
    lines: [line],
  };
  return { ...input, ...more };
}

async function placed(more: object = {}): Promise<string> {
  const input = order(more);
  expect(await mutate('placeOrder', input)).toMatchObject({ __typename: 'OrderAccepted' });
  return input.orderId;
}

describe('an order', () => {
  it('goes from placed to delivered, and each answer is the order as the command left it', async () => {
    const input = order({
      shipping: '4.90',
      tax: '0',
      region: 'Hamburg',
      placedAt: '2024-05-31T20:30:00+02:00',
    });
    const { orderId } = input;
    expect(await mutate('placeOrder', input)).toEqual({
      __typename: 'OrderAccepted',
      order: {
        id: orderId,
        status: 'PLACED',
        revision: 0,
        total: { amount: '34.92', currency: 'EUR' },
        customerId: 'ada',
      },
      consistencyToken: expect.stringMatching(/^\d{19}$/),
      duplicate: false,
    });
    const steps: [string, string, object][] = [
      ['payOrder', 'PAID', { amount: '34.92', currency: 'EUR', occurredAt: '2024-06-01T00:00:00Z' }],
      ['shipOrder', 'SHIPPED', { expectedRevision: 1, carrier: 'DHL', trackingNumber: '00340' }],
      ['deliverOrder', 'DELIVERED', {}],
      ['returnItems', 'DELIVERED', { lines: [{ productId: 'p1', quantity: 1 }], reason: 'broken' }],
    ];
    for (const [index, [name, status, more]] of steps.entries()) {
      const answer = await mutate(name, { idempotencyKey: key(), orderId, ...more });
      expect(answer).toMatchObject({ order: { id: orderId, status, revision: index + 1 }, duplicate: false });
    }
  });

  it('can be cancelled', async () => {
    const orderId = await placed();
    const answer = await mutate('cancelOrder', { idempotencyKey: key(), orderId, reason: 'changed my mind' });
    expect(answer).toMatchObject({
      __typename: 'OrderAccepted',
      order: { status: 'CANCELLED', revision: 1 },
    });
  });

  it('needs no customer, category, name, discount, shipping or tax', async () => {
    const bare = { productId: 'p1', unitPrice: 5, quantity: 1 };
    const answer = await mutate('placeOrder', order({ customerId: null, lines: [bare] }));
    expect(answer.order).toMatchObject({ total: { amount: '5.00' }, customerId: null });
  });

  it('is placed once, however often it is sent', async () => {
    const input = order();
    const first = await mutate('placeOrder', input);
    expect(await mutate('placeOrder', input)).toEqual({ ...first, duplicate: true });
  });
});

it('issues credit notes', async () => {
  const input = {
    idempotencyKey: key(),
    creditNoteId: 'C1',
    customerId: 'ada',
    country: 'DE',
    currency: 'EUR',
  };
  expect(await mutate('issueCreditNote', { ...input, lines: [line], reason: 'goodwill' })).toMatchObject({
    creditNote: { id: 'C1', customerId: 'ada', amount: { amount: '30.02', currency: 'EUR' }, revision: 0 },
    duplicate: false,
  });
  const charges = { idempotencyKey: key(), creditNoteId: 'C3', lines: [], shipping: '3.95', tax: '1' };
  expect(await mutate('issueCreditNote', { ...input, ...charges })).toMatchObject({
    creditNote: { id: 'C3', amount: { amount: '4.95', currency: 'EUR' } },
  });
});

it('names the field of a credit note as its input does', async () => {
  const input = { idempotencyKey: key(), creditNoteId: 'C2', country: 'DE', currency: 'EUR', lines: [line] };
  const answer = await mutate('issueCreditNote', { ...input, occurredAt: '2999-01-01T00:00:00Z' });
  expect(answer).toMatchObject({ code: 'INVALID_INPUT', path: ['occurredAt'] });
});

it('registers and changes customers; null empties, absent keeps', async () => {
  const grace = {
    customerId: 'grace',
    name: 'Grace',
    email: 'grace@example.org',
    country: 'US',
    region: 'NY',
  };
  const { customerId, ...details } = grace;
  const registered = { customer: { id: customerId, ...details, revision: 0 }, duplicate: false };
  expect(await mutate('registerCustomer', { idempotencyKey: key(), ...grace })).toMatchObject(registered);
  const change = { idempotencyKey: key(), customerId, email: null, country: 'GB', expectedRevision: 0 };
  expect((await mutate('changeCustomer', change)).customer).toEqual({
    id: 'grace',
    name: 'Grace',
    email: null,
    country: 'GB',
    region: 'NY',
    revision: 1,
  });
});

it('lists, prices and moves products', async () => {
  const product = { productId: 'p9', name: 'Sextant', category: 'Tools', price: '199.9999', currency: 'EUR' };
  expect((await mutate('listProduct', { idempotencyKey: key(), ...product })).product).toEqual({
    id: 'p9',
    name: 'Sextant',
    category: 'Tools',
    price: { amount: '199.9999', currency: 'EUR' },
    revision: 0,
  });
  const price = await mutate('changeProductPrice', { idempotencyKey: key(), productId: 'p9', price: '180' });
  expect(price.product).toMatchObject({ price: { amount: '180.00', currency: 'EUR' }, revision: 1 });
  const moved = await mutate('recategoriseProduct', {
    idempotencyKey: key(),
    productId: 'p9',
    category: 'Sea',
  });
  expect(moved.product).toEqual({ id: 'p9', category: 'Sea', revision: 2 });
});

it('answers a ping in the shape of an order mutation, and does nothing', async () => {
  const before = await api.store.head();
  const { ping } = await api.ask(`mutation { ping(input: { idempotencyKey: "k", orderId: "7" }) {
    ... on Pong { ${ORDER} ${ACCEPTED} } ... on Failure { code message path } } }`);
  expect(ping.order.id).toBe('7');
  expect(await api.store.head()).toEqual(before);
});

describe('every failure has a type of its own', () => {
  it('InvalidInput', async () => {
    const lines = [line, { ...line, quantity: 0 }];
    expect(await mutate('placeOrder', order({ lines }))).toEqual({
      __typename: 'InvalidInput',
      code: 'INVALID_INPUT',
      message: expect.any(String),
      path: ['lines', '1', 'quantity'],
    });
  });

  it.each([
    ['an unknown currency', { currency: 'ABC' }, ['currency']],
    ['a negative price', { lines: [{ ...line, unitPrice: '-1' }] }, ['lines', '0', 'unitPrice']],
    [
      'an overflowing price',
      { lines: [{ ...line, unitPrice: '9'.repeat(20) }] },
      ['lines', '0', 'unitPrice'],
    ],
    ['a price that is too fine', { lines: [{ ...line, unitPrice: '1.00001' }] }, ['lines', '0', 'unitPrice']],
    ['no lines', { lines: [] }, ['lines']],
    ['a future date', { placedAt: '2999-01-01T00:00:00Z' }, ['placedAt']],
    ['a blank id', { orderId: ' ' }, ['orderId']],
    ['an id that is too long', { orderId: 'x'.repeat(201) }, ['orderId']],
  ])('InvalidInput for %s', async (_, more, path) => {
    expect(await mutate('placeOrder', order(more))).toMatchObject({ __typename: 'InvalidInput', path });
  });

  it('NotFound', async () => {
    expect(await mutate('payOrder', { idempotencyKey: key(), orderId: 'nowhere' })).toMatchObject({
      __typename: 'NotFound',
      code: 'NOT_FOUND',
    });
  });

  it('AlreadyExists', async () => {
    const orderId = await placed();
    expect(await mutate('placeOrder', order({ orderId }))).toMatchObject({
      __typename: 'AlreadyExists',
      code: 'ALREADY_EXISTS',
    });
  });

  it('IllegalTransition', async () => {
    const orderId = await placed();
    await mutate('cancelOrder', { idempotencyKey: key(), orderId });
    expect(await mutate('shipOrder', { idempotencyKey: key(), orderId })).toMatchObject({
      __typename: 'IllegalTransition',
      code: 'ILLEGAL_TRANSITION',
      status: 'CANCELLED',
    });
  });

  it('ReturnExceedsPurchase', async () => {
    const orderId = await placed();
    const lines = [{ productId: 'p1', quantity: 4 }];
    expect(await mutate('returnItems', { idempotencyKey: key(), orderId, lines })).toMatchObject({
      __typename: 'ReturnExceedsPurchase',
      code: 'RETURN_EXCEEDS_PURCHASE',
      productId: 'p1',
      purchased: 3,
      alreadyReturned: 0,
      requested: 4,
      path: ['lines', '0', 'quantity'],
    });
  });

  it('RefundExceedsCharge', async () => {
    const orderId = await placed({ shipping: '4.90', tax: '1.00' });
    const refund = { idempotencyKey: key(), orderId, lines: [], shipping: '4', tax: '1' };
    expect(await mutate('returnItems', refund)).toMatchObject({ __typename: 'OrderAccepted' });
    expect(await mutate('returnItems', { ...refund, idempotencyKey: key(), tax: null })).toMatchObject({
      __typename: 'RefundExceedsCharge',
      code: 'REFUND_EXCEEDS_CHARGE',
      charged: '4.90',
      alreadyRefunded: '4.00',
      requestedAmount: '4.00',
      currency: 'EUR',
      path: ['shipping'],
    });
    const query = `query($c: ConsistencyInput) { order(id: "${orderId}", consistency: $c) {
      shipping tax refundedShipping refundedTax total { amount } history { type amount shipping tax } } }`;
    const token = (await mutate('returnItems', refund)).consistencyToken;
    expect((await api.ask(query, { c: { token } })).order).toEqual({
      shipping: '4.90',
      tax: '1.00',
      refundedShipping: '4.00',
      refundedTax: '1.00',
      total: { amount: '35.92' },
      history: [
        { type: 'OrderPlaced', amount: null, shipping: null, tax: null },
        { type: 'OrderItemsReturned', amount: '0.00', shipping: '4.00', tax: '1.00' },
      ],
    });
  });

  it('CurrencyMismatch', async () => {
    const orderId = await placed();
    expect(await mutate('payOrder', { idempotencyKey: key(), orderId, currency: 'USD' })).toMatchObject({
      __typename: 'CurrencyMismatch',
      code: 'CURRENCY_MISMATCH',
      expected: 'EUR',
      actual: 'USD',
    });
  });

  it('IdempotencyKeyReused', async () => {
    const input = order();
    await mutate('placeOrder', input);
    expect(await mutate('placeOrder', { ...input, shipping: '1' })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });

  it('VersionConflict', async () => {
    const orderId = await placed();
    expect(await mutate('payOrder', { idempotencyKey: key(), orderId, expectedRevision: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      code: 'VERSION_CONFLICT',
      expectedRevision: 7,
      currentRevision: 0,
    });
  });

  it('PayloadTooLarge, for an order of 10,000 long lines', async () => {
    const productName = 'x'.repeat(200);
    const lines = Array.from({ length: 10_000 }, (_, i) => ({ ...line, productId: `p${i}`, productName }));
    const answer = await mutate('placeOrder', order({ lines }));
    expect(answer).toMatchObject({ __typename: 'PayloadTooLarge', code: 'PAYLOAD_TOO_LARGE' });
    expect(answer.sizeBytes).toBeGreaterThan(answer.limitBytes);
  });
});

it('counts commands by outcome', async () => {
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  expect(metrics).toMatch(/tidemark_commands_total\{command="placeOrder",outcome="ACCEPTED"\} \d+/);
  expect(metrics).toMatch(/tidemark_commands_total\{command="placeOrder",outcome="DUPLICATE"\} 1\n/);
  expect(metrics).toMatch(/tidemark_commands_total\{command="placeOrder",outcome="PAYLOAD_TOO_LARGE"\} 1\n/);
});
