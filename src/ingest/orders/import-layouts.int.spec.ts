import path from 'node:path';
import { createImportTest, type ImportTest } from '../../../test/support/imports';
import type { EventTypes } from '../../domain/events';
import type { ImportOptions } from './import-orders';

const CASES = path.join(__dirname, '../../../test/cases/csv');

let test: ImportTest;
beforeEach(async () => {
  test = await createImportTest();
});
afterEach(() => test.close());

const imported = (name: string, options: Partial<ImportOptions> = {}) =>
  test.file({ file: path.join(CASES, name), ...options });

/** The log, as `stream type amount currency`: totals of orders and amounts that came back, in minor units. */
async function story(): Promise<string[]> {
  return (await test.log()).map(({ stream, type, data }) => {
    const { total, amount, currency } = data as Partial<EventTypes['OrderPlaced'] & { amount: number }>;
    const sum = type === 'OrderPlaced' ? total : amount;
    return [stream, type, ...(sum === undefined ? [] : [sum, currency])].join(' ');
  });
}

describe('an import by the layout of', () => {
  it('Shopify takes whole orders, and none that was voided', async () => {
    const report = await imported('shopify.csv');
    expect(report.plan.layout).toMatchObject({ name: 'shopify', detected: true });
    expect(await story()).toEqual([
      'order-#S1 OrderPlaced 5629 USD',
      'order-#S1 OrderPaid',
      'order-#S1 OrderShipped',
      'order-#S2 OrderPlaced 2500 USD',
      'order-#S2 OrderPaid',
      'order-#S2 OrderShipped',
    ]);
    expect(report).toMatchObject({ orders: 2, leftOut: 1, steps: { pay: 2, ship: 2 } });
    expect(report.notSold).toEqual({
      documents: 1,
      reasons: [{ label: 'the payment was voided', documents: 1, first: '#S3' }],
    });
    expect(report.rejected.reasons).toMatchObject([
      { label: 'given back in part, and nobody can tell of what', firstDetail: '4.00 USD of 20.00 USD' },
    ]);
  });
  for (const [name, total] of Object.entries({
    'shopify-discount.csv': 'order-#F1 OrderPlaced 10529 EUR',
    'shopify-nosku.csv': 'order-#F4 OrderPlaced 2500 EUR',
    'shopify-tip.csv': 'order-#F3 OrderPlaced 1800 EUR',
  }))
    it(`Shopify: ${name}`, async () => {
      await imported(name);
      expect(await story()).toEqual([total]);
    });

  it('Shopify leaves out an order of which a row has no quantity, whatever the defaults', async () => {
    const report = await imported('shopify-zero.csv', { defaults: { currency: 'USD', country: 'US' } });
    expect(await story()).toEqual([]);
    expect(report.rejected).toMatchObject({ rows: 2, reasons: [{ label: 'quantity must not be zero' }] });
  });

  it('WooCommerce takes totals after discounts and before tax', async () => {
    await imported('woo.csv');
    expect(await story()).toEqual([
      'order-101 OrderPlaced 3536 EUR',
      'order-101 OrderPaid',
      'order-101 OrderShipped',
      'order-102 OrderPlaced 500 EUR',
      'order-102 OrderPaid',
      'order-102 OrderItemsReturned 500 EUR',
    ]);
  });

  it.each(['stripe.csv', 'stripe-upper.csv'])(
    'Stripe takes no charge that failed or was given back: %s',
    async (name) => {
      const report = await imported(name);
      expect(await story()).toEqual(['order-ch_T1 OrderPlaced 1250 USD', 'order-ch_T1 OrderPaid']);
      expect(report.notSold.documents).toBe(2);
      expect(report.plan.timeZone).toEqual({ name: 'UTC', from: 'layout' });
    },
  );

  it('UCI reads its days, and credit notes by their prefix', async () => {
    const report = await imported('uci.csv');
    expect(report.plan.times).toContain('M/D/YYYY');
    expect(await story()).toEqual([
      'order-536365 OrderPlaced 1530 GBP',
      'creditnote-C536379 CreditNoteIssued 2750 GBP',
    ]);
  });

  it.each(['superstore.csv', 'superstore-iso.csv'])(
    'Superstore takes totals after a rate: %s',
    async (name) => {
      await imported(name);
      expect(await story()).toEqual(['order-US-2 OrderPlaced 95758 USD', 'order-CA-1 OrderPlaced 26196 USD']);
    },
  );

  it('Tidemark takes a coupon line off its order, and no exchange', async () => {
    const report = await imported('exchange-line.csv');
    expect(await story()).toEqual(['order-EX-1 OrderPlaced 10300 USD']);
    expect(report.leftOut).toBe(1);
  });
});
