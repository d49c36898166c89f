import { lineAmount, parseAmount } from '../../domain/money';
import type { Line, LineAmounts } from './line';
import { NOTHING_SAID, type OrderSaid } from './order-said';
import { type PricingOptions, priceDocument } from './pricing';

const NO_AMOUNTS: LineAmounts = {
  line_subtotal: '',
  line_total: '',
  line_shipping: '',
  line_shipping_discount: '',
  line_tax: '',
  line_shipping_tax: '',
};

type Row = Partial<Omit<Line, 'amounts'>> & Partial<LineAmounts> & { isDiscount?: boolean };

function lineOf({ isDiscount = false, quantity = 1, unitPrice = '', discount, ...amounts }: Row) {
  const line: Line = {
    productId: 'P1',
    productName: 'Pan',
    category: 'Kitchen',
    unitPrice,
    quantity,
    discount,
    amounts: Object.keys(amounts).length === 0 ? undefined : { ...NO_AMOUNTS, ...amounts },
  };
  return { line, isDiscount };
}

function price(rows: Row[], said: Partial<OrderSaid> = {}, options: PricingOptions = {}) {
  const isCreditNote = (rows[0]?.quantity ?? 1) < 0;
  const whole = { ...NOTHING_SAID, currency: 'EUR', ...said };
  return priceDocument(rows.map(lineOf), whole, isCreditNote, options);
}

/** What a priced document comes to, in minor units, computed as the command does. */
function totalOf(rows: Row[], said: Partial<OrderSaid> = {}, options: PricingOptions = {}): number {
  const currency = said.currency ?? 'EUR';
  const priced = price(rows, said, options);
  if ('reason' in priced) throw new Error(`${priced.reason.label}: ${priced.reason.detail}`);
  const minor = (text: string | undefined) => (text ? (parseAmount(text, currency) ?? Number.NaN) : 0);
  return priced.lines.reduce(
    (sum, { unitPrice, quantity, discount }) =>
      sum + (lineAmount(unitPrice, quantity, currency) ?? Number.NaN) - minor(discount),
    minor(priced.shipping) + minor(priced.tax),
  );
}

describe('the amounts of an order', () => {
  it('are handed on where the command knows them', () => {
    expect(price([{ unitPrice: '2.5', quantity: 2, discount: { amount: '1' } }], { shipping: '4' })).toEqual({
      lines: [{ of: 0, unitPrice: '2.5', quantity: 2, discount: '1' }],
      shipping: '4',
      tax: '',
    });
  });

  it('have the price of a line by its total', () => {
    expect(price([{ quantity: 3, line_total: '10' }])).toMatchObject({ lines: [{ unitPrice: '3.333' }] });
    expect(price([{ quantity: 4, line_total: '10' }])).toMatchObject({ lines: [{ unitPrice: '2.50' }] });
    // More decimals than the currency has are rounded once: Superstore writes a line as 957.5775.
    expect(totalOf([{ quantity: 5, line_total: '957.5775' }])).toBe(95_758);
    expect(totalOf([{ quantity: 7, line_total: '1000' }], { currency: 'JPY' })).toBe(1000);
  });

  it('keep units and amount where no price of 4 decimals gives them', () => {
    const priced = price([{ quantity: 1000, line_total: '3.33', discount: undefined }]);
    expect(priced).toMatchObject({
      lines: [
        { of: 0, unitPrice: '0.0033', quantity: 700, discount: undefined },
        { of: 0, unitPrice: '0.0034', quantity: 300, discount: undefined },
      ],
    });
    expect(totalOf([{ quantity: 1000, line_total: '3.33' }])).toBe(333);
  });

  it('have the discount of a line by its amounts before and after', () => {
    // The case woo.csv: 20.00 before, 18.18 after.
    expect(price([{ quantity: 2, line_subtotal: '20', line_total: '18.18' }])).toMatchObject({
      lines: [{ unitPrice: '10.00', quantity: 2, discount: '1.82' }],
    });
    expect(price([{ quantity: 2, line_total: '18.18', discount: { amount: '1.82' } }])).toMatchObject({
      lines: [{ unitPrice: '10.00', discount: '1.82' }],
    });
    // The total counts, and the rate tells what it was before.
    const rated: Row[] = [{ quantity: 5, line_total: '957.5775', discount: { rate: '0.45' } }];
    expect(price(rated)).toMatchObject({ lines: [{ unitPrice: '348.21', discount: '783.47' }] });
    expect(totalOf(rated)).toBe(95_758);
  });

  it.each<[string, Row, string]>([
    [
      'line_total differs from unit_price x quantity less the discount',
      { unitPrice: '10', quantity: 2, line_total: '18.18' },
      '18.18 EUR, not 20.00 EUR',
    ],
    [
      'line_subtotal differs from unit_price x quantity',
      { unitPrice: '10', quantity: 2, line_subtotal: '19' },
      '19.00 EUR, not 20.00 EUR',
    ],
    [
      "discount must not be above the line's amount",
      { unitPrice: '1', discount: { amount: '2' }, line_tax: '0' },
      '',
    ],
    ['line_tax must not be negative', { unitPrice: '1', line_tax: '-2' }, '-2'],
  ])('are refused: %s', (label, row, detail) => {
    expect(price([row])).toMatchObject({ of: 0, reason: { label, detail: detail || undefined } });
  });

  it('add up the shipping and the tax of the lines', () => {
    // The case linetax.csv.
    const coat = { unitPrice: '50', line_shipping: '2', line_tax: '10' };
    expect(price([coat, coat])).toMatchObject({ shipping: '4.00', tax: '20.00' });
    expect(price([coat], { shipping: '1', shipping_discount: '0.5', shipping_tax: '0.2' })).toMatchObject({
      shipping: '2.50',
      tax: '10.20',
    });
  });

  it('spread a discount of the order to the cent', () => {
    const thirds = [{ unitPrice: '1' }, { unitPrice: '1' }, { unitPrice: '1' }];
    expect(price(thirds, { order_discount: '1' })).toMatchObject({
      lines: [{ discount: '0.34' }, { discount: '0.33' }, { discount: '0.33' }],
    });
    // The case shopify-discount.csv: 10.00 is above the first line.
    const cards = [{ unitPrice: '3' }, { unitPrice: '103' }];
    const said = { order_discount: '10.00', shipping: '6', tax: '3.29', order_total: '105.29' };
    expect(price(cards, said)).toMatchObject({ lines: [{ discount: '0.28' }, { discount: '9.72' }] });
    expect(totalOf(cards, said)).toBe(10_529);
    // What is above the lines comes off the shipping.
    expect(price([{ unitPrice: '3' }], { order_discount: '5', shipping: '6' })).toMatchObject({
      shipping: '4.00',
    });
    expect(price([{ unitPrice: '3' }], { order_discount: '10', shipping: '6' })).toMatchObject({
      reason: { label: 'order_discount is above the lines and the shipping' },
    });
  });

  it('take a line below zero off the order', () => {
    // The case exchange-line.csv.
    const rows: Row[] = [{ unitPrice: '100' }, { unitPrice: '-10', isDiscount: true }];
    expect(totalOf(rows, { shipping: '5', tax: '8' })).toBe(10_300);
    expect(price(rows)).toMatchObject({ lines: [{ of: 0, unitPrice: '100', discount: '10.00' }] });
  });

  it('are refused where they differ from the control sum, with both figures', () => {
    expect(price([{ unitPrice: '10' }], { shipping: '2', order_total: '13' })).toMatchObject({
      reason: {
        label: 'order_total differs from what its rows come to',
        detail: '13.00 EUR, but lines 10.00 EUR + shipping 2.00 EUR + tax 0.00 EUR = 12.00 EUR',
      },
    });
    expect(price([{ unitPrice: '12' }], { tax: '2', order_total: '12' })).toMatchObject({
      reason: { detail: expect.stringMatching(/--prices-include-tax/) },
    });
  });

  it('leave out a tax that the prices include, and come to what was paid', () => {
    const options = { pricesIncludeTax: true };
    expect(price([{ unitPrice: '119', line_tax: '19' }], { order_total: '119' }, options)).toMatchObject({
      lines: [{ unitPrice: '100.00' }],
      tax: '19.00',
    });
    const rows: Row[] = [
      { unitPrice: '11.90', quantity: 3 },
      { unitPrice: '5', discount: { amount: '1' } },
    ];
    const said = { shipping: '4.90', tax: '7.12', order_total: '44.60' };
    expect(totalOf(rows, said, options)).toBe(4460);
    expect(price(rows, { tax: '99' }, options)).toMatchObject({
      reason: { label: 'tax is above the prices that include it' },
    });
  });

  it('of a credit note are what was paid for the units, in either sign', () => {
    // The cases credit-discount.csv and cn.csv.
    const credited = { unitPrice: '100', quantity: -2, discount: { amount: '20' } };
    expect(price([credited], { shipping: '5', tax: '-8' })).toEqual({
      lines: [{ of: 0, unitPrice: '90.00', quantity: 2, discount: undefined }],
      shipping: '5.00',
      tax: '8.00',
    });
    expect(totalOf([{ unitPrice: '7.50', quantity: -1, discount: { amount: '-1' } }])).toBe(650);
    expect(totalOf([{ quantity: -2, line_total: '-18.18' }], { order_total: '-18.18' })).toBe(1818);
  });
});
