import { type Json, startTestApi, type TestApi } from '../../test/support/api';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
});
afterAll(() => api.close());

const BILLION = 1_000_000_000;

async function place(orderId: string, lines: number): Promise<string> {
  const line = { productId: 'p', unitPrice: '0.0001', quantity: BILLION };
  const input = {
    idempotencyKey: 'k',
    orderId,
    country: 'France',
    currency: 'EUR',
    lines: Array(lines).fill(line),
  };
  const query =
    'mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { ... on OrderAccepted { consistencyToken } } }';
  return (await api.ask(query, { input })).placeOrder.consistencyToken;
}

async function bringBack(orderId: string, lines: number): Promise<Json> {
  const input = {
    idempotencyKey: 'r',
    orderId,
    lines: Array(lines).fill({ productId: 'p', quantity: BILLION }),
  };
  const query = `mutation($input: ReturnItemsInput!) { returnItems(input: $input) {
    ... on ReturnExceedsPurchase { code purchased alreadyReturned requested } ... on Failure { message } } }`;
  return (await api.ask(query, { input })).returnItems;
}

const UNITS =
  'query($consistency: ConsistencyInput) { categoryRevenue(consistency: $consistency) { total { units orders } } }';

it('a return of more than 2^31 units is refused with its numbers', async () => {
  await place('many-1', 3);
  expect(await bringBack('many-1', 4)).toMatchObject({
    code: 'RETURN_EXCEEDS_PURCHASE',
    purchased: 3 * BILLION,
    alreadyReturned: 0,
    requested: 4 * BILLION,
  });
});

it('units beyond 2^53 are told to the last one', async () => {
  const token = await place('many-2', 2);
  const sum = async (consistency: object) => (await api.ask(UNITS, { consistency })).categoryRevenue.total;
  expect(await sum({ token })).toEqual({ units: 5 * BILLION, orders: 2 });
  await api.database.pool.query(`UPDATE read.revenue SET units = units + 9007199254740993`);
  expect(await sum({ token })).toEqual({ units: '9007204254740993', orders: 2 });
});
