import fc from 'fast-check';
import { meantDecimal } from './float-artifacts';

describe('what a binary float means', () => {
  it.each([
    ['243.98000000000002', '243.98'],
    ['18.503999999999998', '18.504'],
    ['907.1519999999999', '907.152'],
    ['2.5439999999999996', '2.544'],
    ['0.30000000000000004', '0.3'],
    ['-0.30000000000000004', '-0.3'],
    ['0.050000000000000044', '0.05'],
    ['0.19999999999999996', '0.2'],
    ['99.99999999999999', '100'],
    ['100.00000000000001', '100'],
    ['1234567890.1200001', '1234567890.12'],
    ['0.0000000000000008881784197001252', '0'],
    ['-0.0000000000000008881784197001252', '0'],
    ['243.98000000000000397903932025656104087830', '243.98'],
  ])('%s is %s', (text, expected) => {
    expect(meantDecimal(text)).toBe(expected);
  });

  it.each([
    '243.98',
    '957.5775',
    '3.3333333333333335',
    '0.6666666666666666',
    '3.141592653589793',
    '123456789012345678',
    '1234567890123456.5',
    '12345678901234.561',
    '0.000000000001',
    '1.00000000012345678',
    '243.98000002',
  ])('%s is what it says', (text) => {
    expect(meantDecimal(text)).toBeUndefined();
  });

  it('is the short decimal, after products and sums as shops have them', () => {
    const cents = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(
        cents,
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 99 }),
        (price, n, off) => {
          const exact = BigInt(price) * BigInt(n) * BigInt(100 - off);
          const text = String((price / 100) * n * (1 - off / 100));
          if (text.includes('e')) return;
          expect(Number(meantDecimal(text) ?? text)).toBe(Number(exact) / 10_000);
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1, maxLength: 100 }), (amounts) => {
        const text = String(amounts.reduce((sum, amount) => sum + amount / 100, 0));
        const exact = amounts.reduce((sum, amount) => sum + amount, 0) / 100;
        expect(Number(meantDecimal(text) ?? text)).toBe(exact);
      }),
    );
  });

  it('is never further away than 2^-48 of it, or of 4', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (number) => {
        const text = String(number);
        const meant = text.includes('e') ? undefined : meantDecimal(text);
        if (meant !== undefined)
          expect(Math.abs(Number(meant) - number)).toBeLessThanOrEqual(2 ** -48 * Math.max(4, number) * 1.01);
      }),
      { numRuns: 5_000 },
    );
  });
});
