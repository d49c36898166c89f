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

describe('an import of a newer export', () => {
  const shopify = (...rows: string[]) =>
    test.write(
      [
        'Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Shipping,Taxes,Total,' +
          'Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,' +
          'Shipping Country,Cancelled at,Refunded Amount',
        ...rows,
      ].join('\n'),
    );
  const row = (status: string, fulfilled: string, more: { paidAt?: string; back?: string } = {}) =>
    `#1,a@example.test,${status},${more.paidAt ?? ''},${fulfilled ? 'fulfilled' : ''},${fulfilled},EUR,` +
    `5.00,0.00,25.00,0.00,2024-03-01 10:00:00 +0100,2,Mug,10.00,M,DE,,${more.back ?? '0.00'}`;
  const importRows = async (...rows: string[]) => test.file({ file: await shopify(...rows) });
  const paidAt = '2024-03-02 10:00:00 +0100';

  it('adds the steps that are new, at their own times', async () => {
    await importRows(row('authorized', ''));
    expect(await story()).toEqual(['order-#1 OrderPlaced 2500 EUR']);
    expect(await importRows(row('paid', '', { paidAt }))).toMatchObject({
      alreadyThere: 1,
      steps: { pay: 1 },
    });
    const shipped = row('paid', '2024-03-04 10:00:00 +0100', { paidAt });
    expect((await importRows(shipped)).steps).toEqual({ ship: 1 });
    expect((await importRows(shipped)).steps).toEqual({});
    const refunded = row('refunded', '2024-03-04 10:00:00 +0100', { paidAt, back: '25.00' });
    expect((await importRows(refunded)).steps).toEqual({ return: 1 });
    expect((await importRows(refunded)).steps).toEqual({});
    expect(await story()).toEqual([
      'order-#1 OrderPlaced 2500 EUR',
      'order-#1 OrderPaid',
      'order-#1 OrderShipped',
      'order-#1 OrderItemsReturned 2000 EUR',
    ]);
    const times = (await test.log()).map(({ occurredAt }) => new Date(occurredAt).toISOString().slice(0, 10));
    expect(times).toEqual(['2024-03-01', '2024-03-02', '2024-03-04', '2024-03-04']);
  });

  it('cancels what it says was never paid, and had been placed', async () => {
    expect((await importRows(row('voided', ''))).notSold.documents).toBe(1);
    expect(await story()).toEqual([]);
    await importRows(row('authorized', ''));
    expect(await importRows(row('voided', ''))).toMatchObject({
      steps: { cancel: 1 },
      notSold: { documents: 1 },
    });
    expect((await importRows(row('voided', ''))).steps).toEqual({});
    expect(await story()).toEqual(['order-#1 OrderPlaced 2500 EUR', 'order-#1 OrderCancelled']);
  });

  it('is a dry run where that is asked for: nothing is paid or shipped', async () => {
    await importRows(row('authorized', ''));
    const file = await shopify(row('paid', '2024-03-04 10:00:00 +0100', { paidAt }));
    const report = await test.file({ file, dryRun: true });
    expect(report).toMatchObject({ steps: { pay: 1, ship: 1 }, rejected: { rows: 0 } });
    expect(await story()).toEqual(['order-#1 OrderPlaced 2500 EUR']);
  });

  it('refuses a status that the layout does not know', async () => {
    const report = await importRows(row('chargeback', ''));
    expect(report.rejected.reasons).toMatchObject([
      { label: 'Financial Status has no meaning in the layout', firstDetail: '"chargeback"' },
    ]);
    expect(await story()).toEqual([]);
  });
});

describe('an import of refunds', () => {
  const header =
    'Date,Time,Item,Qty,Price Point Name,SKU,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Event Type';
  const sale = '2024-03-01,10:00:00,Mug,3.0,Regular,M,$30.00,$0.00,$30.00,$0.00,T1,Payment';
  const back = '2024-03-05,11:00:00,Mug,-1.0,Regular,M,-$10.00,$0.00,-$10.00,$0.00,T1,Refund';
  const square = async (...rows: string[]) =>
    test.file({ file: await test.write([header, ...rows].join('\n')), defaults: { currency: 'USD' } });

  it('finds their orders in the file, or in the log, once', async () => {
    const alone = await square(back);
    expect(alone.rejected.reasons).toMatchObject([
      { label: 'takes units back of an order that was not imported' },
    ]);
    await square(sale);
    expect((await square(back)).refunds).toBe(1);
    expect((await square(sale, back)).steps).toEqual({});
    expect(await story()).toEqual([
      'order-T1 OrderPlaced 3000 USD',
      'order-T1 OrderPaid',
      'order-T1 OrderItemsReturned 1000 USD',
    ]);
    expect(new Date((await test.log()).at(-1)?.occurredAt ?? 0).toISOString()).toBe(
      '2024-03-05T11:00:00.000Z',
    );
  });
});

describe('a file that no layout fits', () => {
  it('is told what it looks like, and what to say', async () => {
    const file = await test.write('Order No;Order date;Article;Price;Qty\n1;2024-03-01;Mug;5,00;2\n');
    await expect(test.file({ file })).rejects.toThrow(
      /no column for .*The file has: "Order No".*--map "order_id=Order No".*--default currency=.*columns:\n/s,
    );
  });

  it('is read by a layout of its own', async () => {
    const layout = await test.write(
      'columns: { order_id: Nr, ordered_at: Tag, product_id: Artikel, product_name: Artikel,\n' +
        '  unit_price: Preis, quantity: Menge, country: Land }\n' +
        'defaults: { currency: EUR, category: Alles }\n' +
        'delimiter: "|"\n' +
        'rows: [{ when: { Nr: Summe }, skip: the sum of the report }]\n' +
        'statuses: [{ column: Stand, values: { bezahlt: [pay], offen: { left_out: it is open } } }]\n',
      'mine.yaml',
    );
    const rows = [
      'Nr|Tag|Artikel|Preis|Menge|Land|Stand',
      '1|1.3.2024|Tasse|5,00|2|DE|bezahlt',
      '2|2.3.2024|Tasse|5,00|1|DE|offen',
      'Summe|||15,00|3||',
    ];
    const report = await test.file({ file: await test.write(rows.join('\n')), layout });
    expect(await story()).toEqual(['order-1 OrderPlaced 1000 EUR', 'order-1 OrderPaid']);
    expect(report).toMatchObject({ leftOut: 0, notSold: { documents: 1 }, skipped: [{ rows: 1 }] });
    expect(report.plan.layout).toMatchObject({ name: 'mine', detected: false });
  });
});
