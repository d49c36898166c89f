import fc from 'fast-check';
import {
  bounds,
  isqrt,
  mean,
  standardDeviation,
  thresholdMillionths,
  zScore,
  zScoreAwayFromZero,
} from './statistics';

const amounts = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 0, maxLength: 12, size: 'max' }),
  fc.array(fc.integer({ min: 0, max: 10 ** 15 - 1 }), { minLength: 2, maxLength: 40, size: 'max' }),
  fc.integer({ min: 0, max: 10 ** 6 }).chain((x) => fc.array(fc.constant(x), { minLength: 1, maxLength: 9 })),
);
const threshold = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([whole, millionths]) => `${whole}.${String(millionths).padStart(6, '0')}`);

function sums(values: number[]): [n: bigint, sum: bigint, sumSquares: bigint] {
  const exact = values.map(BigInt);
  return [BigInt(values.length), exact.reduce((s, x) => s + x, 0n), exact.reduce((s, x) => s + x * x, 0n)];
}

/**
 * |z| against t millionths, from the sum of squared deviations: z^2 = (nx - S)^2 (n - 1) / (n x sum of (n x_i
 * - S)^2 / n).
 */
function compareScore(values: number[], x: bigint, t: bigint): number {
  const n = BigInt(values.length);
  const total = values.reduce((s, value) => s + BigInt(value), 0n);
  let deviations = 0n;
  for (const value of values) deviations += (n * BigInt(value) - total) ** 2n;
  const left = (n * x - total) ** 2n * (n - 1n) * 10n ** 12n;
  const right = t * t * deviations;
  return left < right ? -1 : left > right ? 1 : 0;
}

function hasSpread(values: number[]): boolean {
  return new Set(values).size > 1;
}

describe('bounds', () => {
  it('flag exactly the amounts whose |z| is above the threshold', () => {
    fc.assert(
      fc.property(amounts, threshold, fc.integer({ min: 0, max: 25 }), (values, t, other) => {
        const found = bounds(...sums(values), t);
        expect(found === null).toBe(!hasSpread(values));
        if (!found) return;
        const { low, high } = found;
        for (const x of [...values.map(BigInt), BigInt(other), low - 1n, low, high, high + 1n]) {
          expect(x < low || x > high).toBe(compareScore(values, x, thresholdMillionths(t)) > 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('do not flag an amount that lies on the threshold', () => {
    // mean 2, sd 1
    expect(bounds(...sums([1, 2, 3]), '1')).toEqual({ low: 1n, high: 3n });
    expect(bounds(...sums([1, 2, 3]), '0.999999')).toEqual({ low: 2n, high: 2n });
  });

  it('flag everything but the mean at threshold 0', () => {
    expect(bounds(...sums([1, 2]), '0')).toEqual({ low: 2n, high: 1n });
  });
});

describe('scores and moments', () => {
  /** A decimal string as a whole number of its last digit. */
  const scaled = (text: string) => BigInt(text.replace('.', ''));
  const digits = fc.integer({ min: 0, max: 8 });

  it('round z to the nearest digit, half away from zero', () => {
    fc.assert(
      fc.property(amounts.filter(hasSpread), digits, (values, d) => {
        for (const x of values.slice(0, 3)) {
          const score = scaled(zScore(...sums(values), BigInt(x), d) as string);
          const absolute = score < 0n ? -score : score;
          // score - 1/2 <= |z| x 10^d < score + 1/2, in halves of millionths
          const at = (halves: bigint) => compareScaled(values, BigInt(x), halves, d);
          if (absolute > 0n) expect(at(2n * absolute - 1n)).toBeGreaterThanOrEqual(0);
          expect(at(2n * absolute + 1n)).toBeLessThan(0);
        }
      }),
    );
  });

  it('round away from zero so that every threshold decides alike', () => {
    fc.assert(
      fc.property(amounts.filter(hasSpread), threshold, (values, t) => {
        const limit = thresholdMillionths(t);
        for (const x of values.slice(0, 5)) {
          const score = zScoreAwayFromZero(...sums(values), BigInt(x)) as bigint;
          const absolute = score < 0n ? -score : score;
          expect(absolute > limit).toBe(compareScore(values, BigInt(x), limit) > 0);
          expect(compareScore(values, BigInt(x), absolute)).toBeLessThanOrEqual(0);
          if (absolute > 0n) expect(compareScore(values, BigInt(x), absolute - 1n)).toBe(1);
        }
      }),
    );
  });

  function compareScaled(values: number[], x: bigint, halves: bigint, d: number): number {
    const n = BigInt(values.length);
    const [, sum, squares] = sums(values);
    const left = (n * x - sum) ** 2n * (n - 1n) * 4n * 100n ** BigInt(d);
    const right = halves * halves * n * (n * squares - sum * sum);
    return left < right ? -1 : left > right ? 1 : 0;
  }

  it('has the mean of plain division', () => {
    expect(mean(3n, 200n, 4)).toBe('66.6667');
    expect(mean(3n, 200n, 4, 2)).toBe('0.6667');
    expect(mean(2n, -1n, 0)).toBe('-1');
    expect(mean(8n, 1n, 2)).toBe('0.13');
    expect(mean(1000n, -1n, 2)).toBe('0.00');
    expect(mean(0n, 0n, 2)).toBeNull();
  });

  it('has the standard deviation of the sample', () => {
    expect(standardDeviation(...sums([1, 2, 3]), 3)).toBe('1.000');
    expect(standardDeviation(...sums([2, 4, 4, 4, 5, 5, 7, 9]), 6)).toBe('2.138090');
    expect(standardDeviation(...sums([200, 400, 400, 400, 500, 500, 700, 900]), 6, 2)).toBe('2.138090');
    expect(standardDeviation(...sums([5, 5]), 2)).toBe('0.00');
    expect(standardDeviation(...sums([5]), 2)).toBeNull();
  });

  it('has no score without a spread', () => {
    expect(zScore(...sums([5, 5, 5]), 7n, 2)).toBeNull();
    expect(zScoreAwayFromZero(...sums([5]), 7n)).toBeNull();
    expect(zScore(...sums([1, 2, 3]), 1n, 2)).toBe('-1.00');
  });
});

describe('thresholds', () => {
  it.each(['', '-1', '1.', '.5', '1.0000001', '1e3', ' 2', 'NaN'])('refuse %j', (text) => {
    expect(() => thresholdMillionths(text)).toThrow(RangeError);
  });
  it('are exact millionths', () => {
    expect(thresholdMillionths('1.96')).toBe(1_960_000n);
    expect(thresholdMillionths('3')).toBe(3_000_000n);
  });
});

describe('isqrt', () => {
  it('is the greatest integer whose square is not above', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 80n), (value) => {
        const root = isqrt(value);
        expect(root * root <= value && (root + 1n) * (root + 1n) > value).toBe(true);
        expect(isqrt(root * root)).toBe(root);
      }),
    );
    expect(() => isqrt(-1n)).toThrow(RangeError);
  });
});
