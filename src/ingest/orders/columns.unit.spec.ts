import { InputError } from '../input-error';
import { requiredFields, resolveColumns } from './columns';

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
