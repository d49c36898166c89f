import { given, NOW } from '../../../test/support/given-when-then';
import { orderedLine, orderPlaced, PLACED_AT, placeOrderCommand } from '../../../test/support/orders';
import { decidePlaceOrder, type OrderedLine, type PlaceOrderCommand } from './decide-place-order';
import { evolveOrder } from './order-state';

const placing = (fields: Partial<PlaceOrderCommand>, facts = {}) =>
  given(evolveOrder).when(decidePlaceOrder, placeOrderCommand(fields), facts);
const placingLine = (fields: Partial<OrderedLine>) =>
  placing({ lines: [orderedLine(), orderedLine(fields)] });

describe('placing an order', () => {
  it('adds up its lines, and keeps everything that posts it', () => {
    const lines = [
      orderedLine({ unitPrice: '0.3350', quantity: 3, discount: 50 }),
      orderedLine({ productId: 'P2', productName: 'Tea', category: 'Food', unitPrice: '2.50', quantity: 2 }),
    ];
    placing({ lines, shipping: 490, tax: 133 }).thenEvents({
      type: 'OrderPlaced',
      occurredAt: PLACED_AT,
      data: {
        orderId: 'O1',
        customerId: 'C1',
        country: 'DE',
        region: 'Berlin',
        currency: 'EUR',
        lines: [
          { ...lines[0], lineNumber: 1, gross: 101 } as never,
          { ...lines[1], lineNumber: 2, gross: 500 } as never,
        ],
        gross: 601,
        discounts: 50,
        shipping: 490,
        tax: 133,
        total: 1174,
      },
    });
  });

  it('takes a guest without a region, and a free order', () => {
    const lines = [orderedLine({ unitPrice: '0.00', quantity: 1 })];
    const { result } = placing({ customerId: undefined, region: undefined, lines });
    expect(result).toMatchObject({
      ok: true,
      value: [{ data: { customerId: null, region: null, total: 0 } }],
    });
  });

  it('happens now when no time is given', () => {
    expect(placing({ placedAt: undefined }).result).toMatchObject({ ok: true, value: [{ occurredAt: NOW }] });
  });

  it('is refused a second time', () => {
    given(evolveOrder, orderPlaced())
      .when(decidePlaceOrder, placeOrderCommand())
      .thenRefused('ALREADY_EXISTS', ['orderId']);
  });

  it.each([
    ['no line', { lines: [] }, 'lines'],
    ['no country', { country: '' }, 'country'],
    ['negative shipping', { shipping: -1 }, 'shipping'],
    ['a negative tax', { tax: -1 }, 'tax'],
    ['a time before 1970', { placedAt: -1 }, 'placedAt'],
    ['a time that is none', { placedAt: Number.NaN }, 'placedAt'],
    ['a time in the future', { placedAt: NOW + 5 * 60_000 + 1 }, 'placedAt'],
  ])('is refused with %s', (_, fields, field) => placing(fields).thenRefused('INVALID_INPUT', [field]));

  it.each([
    ['a quantity of zero', { quantity: 0 }, 'quantity'],
    ['a negative quantity', { quantity: -1 }, 'quantity'],
    ['a part of a unit', { quantity: 1.5 }, 'quantity'],
    ['a quantity that is no number', { quantity: Number.NaN }, 'quantity'],
    ['a quantity beyond bounds', { quantity: 1_000_000_001 }, 'quantity'],
    ['a negative price', { unitPrice: '-0.01' }, 'unitPrice'],
    ['an amount beyond bounds', { unitPrice: '9999999999999.99', quantity: 2 }, 'unitPrice'],
    ['a negative discount', { discount: -1 }, 'discount'],
    ['a discount above its amount', { discount: 3001 }, 'discount'],
  ])('is refused with %s', (_, fields, field) =>
    placingLine(fields).thenRefused('INVALID_INPUT', ['lines', '1', field]),
  );

  it('takes a clock that is five minutes ahead, and a line that is all discount', () => {
    expect(placing({ placedAt: NOW + 5 * 60_000 }).result.ok).toBe(true);
    expect(placingLine({ discount: 3000 }).result.ok).toBe(true);
  });

  it('is refused when its lines or its total pass the largest amount', () => {
    const huge = orderedLine({ unitPrice: '9999999999999.99', quantity: 1 });
    placing({ lines: [huge, huge] }).thenRefused('INVALID_INPUT', ['lines']);
    placing({ lines: Array(10_000).fill(huge) }).thenRefused('INVALID_INPUT', ['lines']);
    placing({ lines: [huge], shipping: 1 }).thenRefused('INVALID_INPUT', []);
    expect(placing({ lines: [huge] }).result.ok).toBe(true);
  });

  describe('with an exchange rate', () => {
    const rateOf = (fields: Partial<PlaceOrderCommand>) => {
      const { result } = placing(fields);
      return result.ok && result.value[0]?.type === 'OrderPlaced' ? result.value[0].data : result;
    };

    it('keeps it where the order is in another currency', () => {
      expect(rateOf({ currency: 'USD', exchangeRate: '0.92' })).toHaveProperty('exchangeRate', '0.92');
      expect(rateOf({ currency: 'USD' })).not.toHaveProperty('exchangeRate');
    });

    it('drops a rate of 1 in the reporting currency, and refuses any other', () => {
      expect(rateOf({ exchangeRate: '1' })).not.toHaveProperty('exchangeRate');
      placing({ exchangeRate: '1.1' }).thenRefused('INVALID_INPUT', ['exchangeRate']);
      expect(placing({ exchangeRate: '1.1' }, { reportingCurrency: 'USD' }).result.ok).toBe(true);
    });

    it('is refused where the amounts could not be counted in the reporting currency', () => {
      placing({ currency: 'USD', exchangeRate: '999999999999999' }).thenRefused('INVALID_INPUT', [
        'exchangeRate',
      ]);
    });
  });
});
