import { createCommandContext, placeOrder } from '../../src/commands';
import { amountLimit, formatAmount } from '../../src/domain/money';
import { placeOrderInput } from '../support/commands';
import { InMemoryEventStore } from '../support/in-memory.event-store';
import { createTestShop, type TestShop } from '../support/warehouse/shop';

/**
 * One currency for each number of minor digits, with a rate that makes nearly the largest amount of JPY of
 * its largest amount.
 */
const CURRENCIES = [
  ['JPY', undefined],
  ['EUR', '9.999'],
  ['KWD', '99.99'],
  ['CLF', '999.9'],
] as const;

const store = new InMemoryEventStore();
const context = createCommandContext({ store, reportingCurrency: 'JPY', timeZone: 'UTC' });

/** Places an order of one unit at `minor` minor units. */
const place = (orderId: string, currency: string, minor: number, exchangeRate?: string) => {
  const lines = [{ productId: 'P1', unitPrice: formatAmount(minor, currency), quantity: 1 }];
  return placeOrder(context, placeOrderInput({ orderId, currency, exchangeRate, lines }));
};

describe('the largest amount that an order may have', () => {
  let shop: TestShop;
  beforeAll(async () => {
    for (const [currency, rate] of CURRENCIES) {
      const largest = amountLimit(currency) - 1;
      for (const orderId of [`${currency}-1`, `${currency}-2`])
        expect(await place(orderId, currency, largest, rate)).toMatchObject({ ok: true });
    }
    // A dataset that refused an order would throw here.
    shop = await createTestShop(store.log);
  });
  afterAll(() => shop.remove());

  it.each(CURRENCIES)('is in lake and warehouse to the last digit: %s', async (currency) => {
    const largest = BigInt(amountLimit(currency) - 1);
    const decimals = (minor: bigint) => {
      const [whole, fraction = ''] = formatAmount(minor, currency).split('.');
      return `${whole}.${fraction.padEnd(4, '0')}`;
    };
    const one = decimals(largest);
    expect(
      await shop.rows(
        `SELECT f.unit_price, f.gross_amount, t.total, f.gross_reporting > 99000000000000 AS is_large
           FROM fact_orders f JOIN order_totals t ON t.order_id = f.order_id
          WHERE f.currency = '${currency}'`,
      ),
    ).toEqual(
      Array.from({ length: 2 }, () => ({ unit_price: one, gross_amount: one, total: one, is_large: 'true' })),
    );
    const two = decimals(2n * largest);
    for (const view of ['category_revenue', 'monthly_sales', 'monthly_books'])
      expect(await shop.rows(`SELECT gross, orders FROM ${view} WHERE currency = '${currency}'`)).toEqual([
        { gross: two, orders: '2' },
      ]);
  });

  it.each(CURRENCIES)('is the last one that the command takes: %s', async (currency, rate) => {
    expect(await place('beyond', currency, amountLimit(currency), rate)).toMatchObject({
      ok: false,
      failure: { code: 'INVALID_INPUT', path: ['lines', '0', 'unitPrice'] },
    });
  });

  it('also bounds what a rate makes of it, and orders of 100000000000000 JPY are refused', async () => {
    expect(await place('beyond', 'EUR', amountLimit('EUR') - 1, '10.001')).toMatchObject({
      ok: false,
      failure: { code: 'INVALID_INPUT', path: ['exchangeRate'] },
    });
    expect(await place('yen', 'JPY', 100_000_000_000_000)).toMatchObject({
      failure: {
        message: 'lines.0.unitPrice must be below 100000000000000 JPY',
      },
    });
  });
});
