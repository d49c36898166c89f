import { mergeSaid } from './merge-said';
import { NOTHING_SAID, type OrderSaid } from './order-said';

const said = (fields: Partial<OrderSaid>): OrderSaid => ({ ...NOTHING_SAID, ...fields });
const merge = (rows: (Partial<OrderSaid> | undefined)[], defaults: Partial<OrderSaid> = {}) =>
  mergeSaid(
    rows.map((row) => row && said(row)),
    rows.map((_, i) => i + 2),
    said(defaults),
  );

describe('what the rows of an order say of it', () => {
  it('is what the first row says that says it, and a default last', () => {
    const merged = merge(
      [{ country: 'FR' }, undefined, { currency: 'EUR', country: 'FR' }, { region: 'Midi' }],
      { country: 'US', currency: 'USD', shipping: '1' },
    );
    expect(merged).toEqual({
      said: said({ country: 'FR', currency: 'EUR', region: 'Midi', shipping: '1' }),
      conflict: undefined,
    });
  });

  it.each([
    'customer_id',
    'country',
    'region',
    'currency',
    'shipping',
    'order_total',
    'exchange_rate',
  ] as const)('is refused where two rows have another %s', (field) => {
    const { conflict } = merge([{ [field]: '1' }, {}, { [field]: '2' }]);
    expect(conflict).toEqual({
      of: 2,
      reason: { label: `${field} differs within the order`, detail: '"2", but "1" in row 2' },
    });
  });
});
