import { resolveColumns } from '../columns/columns';
import { type Field, fields } from '../columns/fields';
import { rowReader } from './line';
import { NOTHING_SAID } from './order-said';
import { createReadings } from './readings';

/** The fields without those of which a row has one or the other. */
const header = fields.filter((field) => !['ordered_date', 'ordered_time'].includes(field));
const columns = resolveColumns(header);
const { read } = rowReader(columns, createReadings(columns, 'UTC'));

const GOOD: Partial<Record<Field, string>> = {
  order_id: 'O1',
  ordered_at: '2024-05-01 10:00:00',
  customer_id: 'ada',
  country: 'France',
  currency: 'EUR',
  product_id: 'P1',
  product_name: 'Pan',
  category: 'Kitchen',
  unit_price: '2.50',
  quantity: '3',
};
const row = (values: Partial<Record<Field, string>> = {}) => {
  const all = { ...GOOD, ...values };
  return read(header.map((field) => all[field] ?? ''));
};

describe('a row of an order file', () => {
  it('is read into plain notation', () => {
    expect(row({ unit_price: '002.5000', quantity: '12.0', shipping: '4.90', discount: '0' })).toEqual({
      documentId: 'O1',
      orderedAt: Date.UTC(2024, 4, 1, 10),
      quantity: 12,
      isDiscount: false,
      isOfOrder: false,
      refund: undefined,
      reason: undefined,
      said: { ...NOTHING_SAID, customer_id: 'ada', country: 'France', currency: 'EUR', shipping: '4.9' },
      line: {
        productId: 'P1',
        productName: 'Pan',
        category: 'Kitchen',
        unitPrice: '2.5',
        quantity: 12,
        discount: undefined,
        amounts: {
          line_subtotal: '',
          line_total: '',
          line_shipping: '',
          line_shipping_discount: '',
          line_tax: '',
          line_shipping_tax: '',
        },
      },
    });
  });

  it('has its names in one notation, as commands do', () => {
    const { said, line } = row({
      country: 'Co\u0302te\u200b',
      region: '\u00a0Midi',
      category: ' Ku\u0308che ',
      product_name: '\ufeffPan',
    });
    expect({ ...said, ...line }).toMatchObject({
      country: 'Côte',
      region: 'Midi',
      category: 'Küche',
      productName: 'Pan',
    });
  });

  it('without a product name has the id for one', () => {
    expect(row({ product_name: '' }).line?.productName).toBe('P1');
  });

  it('carries a discount or a rate', () => {
    expect(row({ discount: '1.20' }).line?.discount).toEqual({ amount: '1.2' });
    expect(row({ discount_rate: '0.05' }).line?.discount).toEqual({ rate: '0.05' });
    expect(row({ discount: '0.00', discount_rate: '0.15' }).line?.discount).toEqual({ rate: '0.15' });
  });

  it('leaves blank what an order says elsewhere', () => {
    expect(row({ ordered_at: '', country: '', currency: '' })).toMatchObject({
      orderedAt: undefined,
      reason: undefined,
      said: { country: '', currency: '' },
    });
  });

  it('has a currency in capitals', () => {
    expect(row({ currency: 'eur' }).said?.currency).toBe('EUR');
  });

  it.each<[string, Partial<Record<Field, string>>]>([
    ['order_id was rounded by a spreadsheet', { order_id: '1.12345E+11' }],
    ['product_id was rounded by a spreadsheet', { product_id: '9.78020E+12' }],
    ['customer_id was rounded by a spreadsheet', { customer_id: '4,9176E+12' }],
    ['order_id must not be empty', { order_id: ' ' }],
    ['order_id must have printable characters only', { order_id: 'a\u0007b' }],
    [
      'ordered_at must be a date or time such as 2024-03-01 or 2024-03-01 09:30',
      { ordered_at: '01/05/2024' },
    ],
    ['product_id must not be empty', { product_id: '' }],
    ['category must not be empty', { category: '' }],
    ['category must not be empty', { category: '\u200b' }],
    ['unit_price must not be empty', { unit_price: '' }],
    ['unit_price must be a number such as 12.50 or 1,234.50', { unit_price: '1,50' }],
    ['unit_price must be a number such as 12.50 or 1,234.50', { unit_price: '1e3' }],
    ['unit_price must not be negative', { unit_price: '-0.01' }],
    ['quantity must not be empty', { quantity: '' }],
    ['quantity must be a whole number', { quantity: 'two' }],
    ['quantity must be a whole number', { quantity: '1.5' }],
    ['quantity must be a whole number', { quantity: '99999999999999999999' }],
    ['quantity must not be zero', { quantity: '0' }],
    ['quantity must not be zero', { quantity: '-0' }],
    ['shipping must be a number such as 12.50 or 1,234.50', { shipping: 'free' }],
    ['tax must be an amount, not per cent', { tax: '20%' }],
    ['exchange_rate must be a number such as 12.50 or 1,234.50', { exchange_rate: 'x' }],
    ['discount must be a number such as 12.50 or 1,234.50', { discount: 'x' }],
    ['both discount and discount_rate', { discount: '1', discount_rate: '0.1' }],
    ['discount_rate not from 0 to 1', { discount_rate: '1.01' }],
    ['discount_rate not from 0 to 1', { discount_rate: '-0.1' }],
  ])('is rejected for %s', (label, values) => {
    expect(row(values).reason?.label).toBe(label);
  });

  it('that is rejected still tells its order and the sign of its quantity', () => {
    expect(row({ unit_price: '-1', quantity: '-2' })).toMatchObject({ documentId: 'O1', quantity: -2 });
    expect(row({ quantity: '0' }).quantity).toBe(0);
    expect(row({ quantity: 'x' }).quantity).toBeUndefined();
  });

  it('with a negative quantity is as good as any other', () => {
    expect(row({ quantity: '-5' })).toMatchObject({ reason: undefined, line: { quantity: -5 } });
  });

  it('is rejected when it has more or fewer cells than the header', () => {
    expect(read(['O1', '2024-05-01'])).toMatchObject({
      documentId: 'O1',
      line: undefined,
      reason: { label: 'fewer cells than the header', detail: `2 instead of ${header.length}` },
    });
    expect(read([...header, 'more']).reason?.label).toBe('more cells than the header');
  });

  it('is rejected when a cell is huge', () => {
    expect(row({ product_name: 'x'.repeat(65_536) }).reason).toBeUndefined();
    expect(row({ product_name: 'x'.repeat(65_537) }).reason).toEqual({
      label: 'huge field',
      detail: 'cell 9 has 65537 characters',
    });
  });
});
