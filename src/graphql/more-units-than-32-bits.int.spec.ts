import { type Json, startTestApi, type TestApi } from '../../test/support/api';
import { Shop } from '../../test/support/shop';

let api: TestApi;
let shop: Shop;

beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
  shop = new Shop(api);
});
afterAll(() => api.close());

const BILLION = 1_000_000_000;

const place = (orderId: string, lines: number): Promise<void> =>
  shop.placeLines(orderId, Array(lines).fill({ productId: 'p', unitPrice: '0.0001', quantity: BILLION }));

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

const UNITS = '{ categoryRevenue { total { units orders } } }';

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
  await place('many-2', 2);
  const sum = async () => (await api.ask(UNITS)).categoryRevenue.total;
  expect(await sum()).toEqual({ units: 5 * BILLION, orders: 2 });
  await api.database.pool.query(`UPDATE read.revenue SET units = units + 9007199254740993`);
  expect(await sum()).toEqual({ units: '9007204254740993', orders: 2 });
});
