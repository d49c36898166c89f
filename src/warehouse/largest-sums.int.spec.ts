import { eventLog } from '../../test/support/events';
import { createTestShop, type TestShop } from '../../test/support/warehouse/shop';
import { AMOUNT_LIMIT } from '../domain/money';

const ORDERS = 200;
/** Minor units of GBP. */
const LARGEST = BigInt(AMOUNT_LIMIT) - 1n;

let shop: TestShop;

beforeAll(async () => {
  const log = eventLog({ reportingCurrency: 'GBP', timeZone: 'UTC' });
  for (let i = 0; i < ORDERS; i++)
    log.place({ customerId: 'ada', lines: [{ productId: 'p1', price: Number(LARGEST) }] });
  shop = await createTestShop(log.events);
});
afterAll(() => shop.remove());

/** Pence as pounds with the four decimals of the warehouse. */
const pounds = (pence: bigint): string => `${pence / 100n}.${String(pence % 100n).padStart(2, '0')}00`;

it.each(['category_revenue', 'monthly_sales', 'product_performance'])(
  '%s is exact where a sum of amounts is beyond what one amount can be',
  async (view) => {
    const whole = pounds(LARGEST * BigInt(ORDERS));
    // With the four decimals of the columns, the sum needs more than 64 bits.
    expect(LARGEST * BigInt(ORDERS) * 100n).toBeGreaterThan(2n ** 63n);
    const rows = await shop.rows(`SELECT gross, net, orders FROM ${view} WHERE currency = 'GBP'`);
    expect(rows).toMatchObject([{ gross: whole, net: whole, orders: String(ORDERS) }]);
  },
);

it('the scores of customers rest on exact sums of that size', async () => {
  expect(await shop.rows('SELECT net_reporting, tier FROM rfm')).toEqual([
    { net_reporting: pounds(LARGEST * BigInt(ORDERS)), tier: 'VIP' },
  ]);
});
