import fc from 'fast-check';
import { lineAmount } from '../../domain/money';
import { spread } from './spread';
import { unitPricesOf } from './unit-price';

const amounts = fc.integer({ min: 0, max: 99_999_999 });

describe('a spread amount', () => {
  it('adds up, and no share is above its weight', () => {
    fc.assert(
      fc.property(
        fc.array(amounts, { minLength: 1, maxLength: 20 }),
        fc.double({ min: 0, max: 1 }),
        (weights, part) => {
          const whole = weights.reduce((sum, weight) => sum + weight, 0);
          const amount = Math.floor(whole * (Number.isNaN(part) ? 0 : part));
          const shares = spread(amount, weights);
          expect(shares.reduce((sum, share) => sum + share, 0)).toBe(amount);
          expect(shares.every((share, i) => share >= 0 && share <= (weights[i] ?? 0))).toBe(true);
        },
      ),
    );
  });

  it('goes to the first part where nothing weighs', () => {
    expect(spread(3, [0, 0])).toEqual([3, 0]);
  });
});

describe('the unit price of an amount', () => {
  it('gives the amount back, with the same units', () => {
    const currencies = fc.constantFrom('EUR', 'JPY', 'BHD');
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 5_000 }), currencies, (amount, quantity, currency) => {
        const parts = unitPricesOf(amount, quantity, currency) ?? [];
        expect(parts.length).toBeGreaterThan(0);
        expect(parts.reduce((sum, part) => sum + part.quantity, 0)).toBe(quantity);
        const sum = parts.reduce(
          (total, part) => total + (lineAmount(part.unitPrice, part.quantity, currency) ?? Number.NaN),
          0,
        );
        expect(sum).toBe(amount);
      }),
      { numRuns: 500 },
    );
  });

  it('has as few decimals as it takes', () => {
    expect(unitPricesOf(1000, 4, 'EUR')).toEqual([{ unitPrice: '2.50', quantity: 4 }]);
    expect(unitPricesOf(1000, 3, 'EUR')).toEqual([{ unitPrice: '3.333', quantity: 3 }]);
    expect(unitPricesOf(1, 1, 'XXX')).toBeUndefined();
  });
});
