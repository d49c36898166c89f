import { InputError } from '../input-error';
import { resolveColumns } from './columns';
import { requiredFields } from './fields';

describe('the columns of an order file', () => {
  const canonical = [...requiredFields];

  it('are found by name, whatever the case and the blanks', () => {
    const header = canonical.map((name) => name.toUpperCase().replaceAll('_', ' '));
    const columns = resolveColumns(header);
    const cells = canonical.map((name) => ` ${name} cell `);
    for (const field of requiredFields) expect(columns.read(cells, field)).toBe(`${field} cell`);
    expect(columns.unused).toEqual([]);
  });

  it('can be mapped, which must then be exact', () => {
    const header = canonical.map((name) => (name === 'order_id' ? 'Invoice' : name));
    expect(resolveColumns(header, { map: { order_id: 'Invoice' } }).read(['I1'], 'order_id')).toBe('I1');
    expect(() => resolveColumns(header, { map: { order_id: 'invoice' } })).toThrow(
      /no column is called "invoice".*"Invoice"/s,
    );
  });

  it('prefer the mapped header over one of the own name', () => {
    const columns = resolveColumns([...canonical, 'Stock Code'], { map: { product_id: 'Stock Code' } });
    const cells = [...canonical.map(() => 'x'), 'S'];
    expect(columns.read(cells, 'product_id')).toBe('S');
    expect(columns.unused).toEqual(['product_id']);
  });

  it('are claimed by one field only', () => {
    const header = [...canonical, 'Discount'];
    const columns = resolveColumns(header, { map: { discount_rate: 'Discount' } });
    expect(columns.sources.map(({ field }) => field)).toEqual([...canonical, 'discount_rate']);
    // A header that is mapped to another field does not fill the field of its own name as well.
    const shared = resolveColumns([...canonical, 'tax'], { map: { shipping: 'tax' } });
    expect(shared.indexes('tax')).toEqual([]);
    // What is asked for twice is used twice.
    const twice = resolveColumns(canonical, { map: { category: 'country', country: 'country' } });
    expect(twice.indexes('category')).toEqual(twice.indexes('country'));
  });

  it('are not guessed where an amount may be a rate', () => {
    expect(() => resolveColumns([...canonical, 'Discount'])).toThrow(
      /"Discount" may be an amount or a rate: give --map "discount=Discount" or --map "discount_rate/,
    );
    expect(resolveColumns([...canonical, 'discount']).unused).toEqual([]);
    expect(resolveColumns([...canonical, 'Discount'], { map: { discount: '' } }).unused).toEqual([
      'Discount',
    ]);
    // A field that has several near meanings is found in its own spelling only.
    expect(resolveColumns([...canonical, 'Status', 'Order Total']).unused).toEqual(['Status', 'Order Total']);
    expect(resolveColumns([...canonical, 'order_total']).unused).toEqual([]);
  });

  it('of one name are told apart by their number', () => {
    const header = [...canonical.filter((name) => name !== 'unit_price'), 'Price', 'Price'];
    expect(() => resolveColumns(header, { map: { unit_price: 'Price' } })).toThrow(
      /could be any of "Price", "Price" \(columns 9, 10; --map "unit_price=Price#2" is the second\)/,
    );
    const columns = resolveColumns(header, { map: { unit_price: 'Price#2' } });
    expect(columns.indexes('unit_price')).toEqual([9]);
    expect(() => resolveColumns(header, { map: { unit_price: 'Price#3' } })).toThrow(/"Price#3"/);
  });

  it('of a layout may be missing, and fall back from left to right', () => {
    const header = ['Name', 'Id', 'SKU', 'When', 'Item', 'Paid', 'Pieces'];
    const known = {
      columns: {
        order_id: 'Name',
        ordered_at: 'When',
        product_id: ['SKU', 'Barcode', 'Item'],
        product_name: 'Item',
        line_total: 'Paid',
        quantity: 'Pieces',
      },
      defaults: { country: 'FR', currency: 'EUR', category: 'All' },
    };
    const columns = resolveColumns(header, { defaults: { currency: 'CHF' } }, known);
    expect(columns.indexes('product_id')).toEqual([2, 4]);
    expect(columns.cell(['', '', ' ', '', 'Mug'], 'product_id')).toBe('Mug');
    expect(columns.read([], 'currency')).toBe('CHF');
    expect(columns.read([], 'country')).toBe('FR');
    expect(columns.unused).toEqual(['Id']);
    expect(resolveColumns(header, { map: { order_id: 'Id' } }, known).indexes('order_id')).toEqual([1]);
  });

  it('may say the price by the total of the line, and the time by its day', () => {
    const header = canonical.map(
      (name) => ({ unit_price: 'line_total', ordered_at: 'ordered_date' })[name as string] ?? name,
    );
    expect(resolveColumns(header).unused).toEqual([]);
  });

  it('have defaults for missing columns and empty cells', () => {
    const header = canonical.filter((name) => name !== 'currency');
    const columns = resolveColumns(header, { defaults: { currency: 'GBP', country: 'Nowhere' } });
    expect(columns.read(header, 'currency')).toBe('GBP');
    expect(
      columns.read(
        header.map(() => ' '),
        'country',
      ),
    ).toBe('Nowhere');
    expect(
      columns.read(
        header.map(() => ' '),
        'region',
      ),
    ).toBe('');
  });

  it('that are wrong are all told at once, with what the file has', () => {
    const attempt = () =>
      resolveColumns(['Invoice', 'country', 'Country'], { map: { colour: 'x' }, defaults: { size: '1' } });
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(/--map names "colour"/);
    expect(attempt).toThrow(/--default names "size"/);
    expect(attempt).toThrow(/country could be any of "country", "Country"/);
    expect(attempt).toThrow(/no column for order_id, ordered_at, currency, product_id/);
    expect(attempt).toThrow(/The file has: "Invoice", "country", "Country"/);
  });

  it('do not take an inherited property for a field', () => {
    expect(() => resolveColumns(canonical, { defaults: { constructor: 'x' } })).toThrow(/"constructor"/);
  });

  it('hint at the delimiter when the header is one cell', () => {
    expect(() => resolveColumns(['order_id;ordered_at;country'])).toThrow(/--delimiter/);
  });
});
