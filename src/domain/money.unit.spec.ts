import fc from 'fast-check';
import { currencyCodes, minorDigits } from './currencies';
import {
  AMOUNT_LIMIT,
  AMOUNT_PRECISION,
  amountLimit,
  amountProblem,
  convert,
  formatAmount,
  lineAmount,
  parseAmount,
  parseExchangeRate,
  parseUnitPrice,
  shareOf,
  tryConvert,
  UNIT_PRICE_DECIMALS,
} from './money';

/** round(numerator / denominator), half away from zero, the slow and obvious way. */
function roundRational(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = negative ? -numerator : numerator;
  let rounded = size / denominator;
  if ((size % denominator) * 2n >= denominator) rounded += 1n;
  return negative ? -rounded : rounded;
}

const currency = fc.constantFrom(...currencyCodes);
const digitsOf = (code: string) => minorDigits(code) ?? 0;

/** A currency and any of its amounts, in minor units. */
const amountIn = currency.chain((code) => {
  const max = amountLimit(code) - 1;
  return fc.record({ code: fc.constant(code), minor: fc.integer({ min: -max, max }) });
});

/** A decimal string and the integer it stands for at its own scale. */
const decimal = (options: { maxWhole: number; maxScale: number; signed?: boolean }) =>
  fc
    .tuple(
      fc.nat({ max: options.maxWhole }),
      fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: options.maxScale }),
      options.signed ? fc.constantFrom('', '-') : fc.constant(''),
    )
    .map(([whole, fraction, sign]) => ({
      text: `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`,
      coefficient: BigInt(`${sign}1`) * BigInt(`${whole}${fraction}`),
      scale: fraction.length,
    }));

describe('parseAmount and formatAmount', () => {
  it('are each other’s inverse for every amount of every currency', () => {
    fc.assert(
      fc.property(amountIn, ({ code, minor }) => {
        expect(parseAmount(formatAmount(minor, code), code)).toBe(minor);
        expect(formatAmount(BigInt(minor), code)).toBe(formatAmount(minor, code));
      }),
    );
  });

  it('read what the decimal says, in minor units', () => {
    fc.assert(
      fc.property(currency, decimal({ maxWhole: 10 ** 12, maxScale: 4, signed: true }), (code, value) => {
        const parsed = parseAmount(value.text, code);
        const digits = digitsOf(code);
        const finer = 10n ** BigInt(Math.max(0, value.scale - digits));
        if (value.coefficient % finer !== 0n) return expect(parsed).toBeUndefined();
        const minor = (value.coefficient * 10n ** BigInt(Math.max(0, digits - value.scale))) / finer;
        const limit = BigInt(amountLimit(code));
        const small = minor < limit && -minor < limit;
        return expect(parsed).toBe(small ? Number(minor) : undefined);
      }),
    );
  });

  it.each([
    ['', 'EUR'],
    [' 1', 'EUR'],
    ['1 ', 'EUR'],
    ['+1', 'EUR'],
    ['1e3', 'EUR'],
    ['1.', 'EUR'],
    ['.5', 'EUR'],
    ['1,50', 'EUR'],
    ['--1', 'EUR'],
    ['NaN', 'EUR'],
    ['0x10', 'EUR'],
    ['1.234', 'EUR'],
    ['1.5', 'JPY'],
    ['1.00000000001', 'EUR'],
    ['٣', 'EUR'],
    ['1\n', 'EUR'],
    ['10000000000000.00', 'EUR'],
    ['-10000000000000.00', 'EUR'],
    ['1', 'XYZ'],
    ['1', 'eur'],
  ])('refuse %j in %s', (text, code) => expect(parseAmount(text, code)).toBeUndefined());

  it.each([
    ['0.00', 'JPY', 0],
    ['750.0000', 'JPY', 750],
    ['5.000', 'EUR', 500],
    [`-00001.2${'0'.repeat(5_000)}`, 'EUR', -120],
  ])('read %j in %s: zeros around a number change nothing', (text, code, minor) => {
    expect(parseAmount(text, code)).toBe(minor);
  });

  it('write exactly the currency’s decimals, and no negative zero', () => {
    expect(formatAmount(5, 'EUR')).toBe('0.05');
    expect(formatAmount(-5, 'EUR')).toBe('-0.05');
    expect(formatAmount(-1234567, 'BHD')).toBe('-1234.567');
    expect(formatAmount(1200, 'JPY')).toBe('1200');
    expect(formatAmount(1, 'CLF')).toBe('0.0001');
    expect(formatAmount(-0, 'EUR')).toBe('0.00');
    expect(formatAmount(12345678901234567890n, 'EUR')).toBe('123456789012345678.90');
    expect(Object.is(parseAmount('-0.00', 'EUR'), 0)).toBe(true);
    expect(() => formatAmount(1, 'XYZ')).toThrow(RangeError);
  });
});

describe('the largest amount', () => {
  it('of every currency is an exact number, and fits the columns of lake and warehouse', () => {
    const limits = new Set<string>();
    for (const code of currencyCodes) {
      const limit = amountLimit(code);
      const digits = digitsOf(code);
      expect(limit).toBeLessThanOrEqual(AMOUNT_LIMIT);
      const unscaled = BigInt(limit - 1) * 10n ** BigInt(UNIT_PRICE_DECIMALS - digits);
      expect(unscaled).toBeLessThan(10n ** BigInt(AMOUNT_PRECISION));
      const largest = formatAmount(limit - 1, code);
      expect([parseAmount(largest, code), parseUnitPrice(largest, code)]).toEqual([limit - 1, largest]);
      expect(parseAmount(formatAmount(limit, code), code)).toBeUndefined();
      expect(parseUnitPrice(formatAmount(limit, code), code)).toBeUndefined();
      expect(amountProblem(formatAmount(limit, code), code)).toBe(
        `must be below ${formatAmount(limit, code)} ${code}`,
      );
      limits.add(`${digits}: ${formatAmount(limit, code)}`);
    }
    expect([...limits].sort()).toEqual([
      '0: 100000000000000',
      '2: 10000000000000.00',
      '3: 1000000000000.000',
      '4: 100000000000.0000',
    ]);
  });
});

describe('lineAmount', () => {
  it('is the product rounded once, half away from zero', () => {
    fc.assert(
      fc.property(
        currency,
        decimal({ maxWhole: 10 ** 9, maxScale: 4, signed: true }),
        fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 10 ** 9 })),
        (code, price, quantity) => {
          const exact = roundRational(
            price.coefficient * BigInt(quantity) * 10n ** BigInt(digitsOf(code)),
            10n ** BigInt(price.scale),
          );
          const limit = BigInt(amountLimit(code));
          const small = exact < limit && -exact < limit;
          expect(lineAmount(price.text, quantity, code)).toBe(small ? Number(exact) : undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('rounds halves away from zero', () => {
    expect(lineAmount('0.125', 1, 'EUR')).toBe(13);
    expect(lineAmount('0.0050', 1, 'EUR')).toBe(1);
    expect(lineAmount('-0.005', 1, 'EUR')).toBe(-1);
    expect(lineAmount('1.005', 1, 'EUR')).toBe(101);
    expect(lineAmount('0.5', 3, 'JPY')).toBe(2);
    expect(lineAmount('0.0049', 1, 'EUR')).toBe(0);
  });
});

describe('parseUnitPrice', () => {
  it('keeps the value and brings it into one notation', () => {
    expect(parseUnitPrice('2.5', 'EUR')).toBe('2.50');
    expect(parseUnitPrice('2.5000', 'EUR')).toBe('2.50');
    expect(parseUnitPrice('002.1250', 'EUR')).toBe('2.125');
    expect(parseUnitPrice('3', 'JPY')).toBe('3');
    expect(parseUnitPrice('0.5', 'JPY')).toBe('0.5');
    expect(parseUnitPrice('-0.00', 'EUR')).toBe('0.00');
  });

  it('refuses more than four decimals, more than an amount can be, and unknown currencies', () => {
    expect(parseUnitPrice('0.00001', 'EUR')).toBeUndefined();
    expect(parseUnitPrice('9999999999999.99', 'EUR')).toBe('9999999999999.99');
    expect(parseUnitPrice('9999999999999.995', 'EUR')).toBeUndefined();
    expect(parseUnitPrice('1', 'XYZ')).toBeUndefined();
  });
});

describe('shareOf', () => {
  it('grows with its part and ends at the whole amount', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 15 - 1 }), fc.integer({ min: 1, max: 40 }), (amount, whole) => {
        let previous = 0;
        for (let part = 1; part <= whole; part++) {
          const share = shareOf(amount, part, whole);
          expect(share).toBeGreaterThanOrEqual(previous);
          expect(BigInt(share)).toBe(roundRational(BigInt(amount) * BigInt(part), BigInt(whole)));
          previous = share;
        }
        expect(previous).toBe(amount);
      }),
    );
  });
});

describe('convert', () => {
  it('is the exact product rounded once, half away from zero', () => {
    fc.assert(
      fc.property(
        currency,
        currency,
        fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
        decimal({ maxWhole: 10 ** 6, maxScale: 10 }),
        (from, to, minor, rate) => {
          const exact = roundRational(
            BigInt(minor) * rate.coefficient * 10n ** BigInt(digitsOf(to)),
            10n ** BigInt(digitsOf(from) + rate.scale),
          );
          const limit = BigInt(amountLimit(to));
          const small = exact < limit && -exact < limit;
          expect(tryConvert(minor, rate.text, from, to)).toBe(small ? Number(exact) : undefined);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('knows currencies with other decimals', () => {
    expect(convert(1000, '0.0062', 'JPY', 'EUR')).toBe(620);
    expect(convert(12345, '161.3', 'EUR', 'JPY')).toBe(19912);
    expect(convert(-50n, '0.01', 'EUR', 'EUR')).toBe(-1);
    expect(() => convert(10 ** 14, '1000', 'EUR', 'EUR')).toThrow(RangeError);
    expect(() => convert(1, '1', 'EUR', 'XYZ')).toThrow(RangeError);
  });
});

describe('parseExchangeRate', () => {
  it('takes a decimal above zero with at most ten decimals', () => {
    expect(parseExchangeRate('1.2500')).toBe('1.25');
    expect(parseExchangeRate('1.0')).toBe('1');
    expect(parseExchangeRate('0.0000000001')).toBe('0.0000000001');
    for (const text of ['0', '0.00', '-1', '0.00000000001', '1e2', '', '1000000000000000'])
      expect(parseExchangeRate(text)).toBeUndefined();
  });
});

describe('currencies', () => {
  it('have the minor digits of ISO 4217', () => {
    expect(['EUR', 'JPY', 'BHD', 'CLF', 'UYI', 'XOF', 'HUF'].map(minorDigits)).toEqual([2, 0, 3, 4, 0, 0, 2]);
    expect(['XXX', 'XAU', 'eur', '', 'EURO'].map(minorDigits)).toEqual(Array(5).fill(undefined));
    expect(currencyCodes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(new Set(currencyCodes).size).toBe(currencyCodes.length);
  });
});
