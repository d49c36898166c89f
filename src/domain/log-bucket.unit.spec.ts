import fc from 'fast-check';
import { leastAmount, logBucket } from './log-bucket';

/** The definition in whole numbers: the bucket b is the greatest with 2^b <= x^1024. */
function exactBucket(amount: number): number {
  return (BigInt(amount) ** 1024n).toString(2).length - 1;
}

const amount = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 2 ** 50 - 1 }));

describe('logBucket', () => {
  it('is floor(1024 log2 x), exactly', () => {
    fc.assert(
      fc.property(amount, (x) => {
        expect(logBucket(x)).toBe(exactBucket(x));
      }),
      { numRuns: 300 },
    );
  });

  it('is within one bucket of the float logarithm', () => {
    fc.assert(
      fc.property(amount, (x) => {
        expect(Math.abs(logBucket(x) - Math.floor(1024 * Math.log2(x)))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls where the amount rises', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 1000 }), (x, more) => {
        expect(logBucket(x + more)).toBeGreaterThanOrEqual(logBucket(x));
      }),
    );
  });

  it('changes its bucket at the right amount, all the way up an octave', () => {
    for (let step = 0; step < 1024; step += 1) {
      const least = Math.ceil(2 ** (49 + step / 1024));
      for (const x of [least - 1, least, least + 1]) expect(logBucket(x)).toBe(exactBucket(x));
    }
  });

  it.each([
    [0, -1],
    [1, 0],
    [2, 1024],
    [3, 1623],
    [1024, 10_240],
    [2 ** 32 - 1, 32_767],
    [2 ** 32, 32_768],
    [999_999_999_999_999, 51_024],
  ])('%d falls into bucket %d', (x, bucket) => {
    expect(logBucket(x)).toBe(bucket);
  });
});

describe('leastAmount', () => {
  it('is where a bucket begins', () => {
    fc.assert(
      fc.property(amount, fc.integer({ min: 0, max: 50 * 1024 - 1 }), (x, bucket) => {
        expect(x >= leastAmount(bucket)).toBe(logBucket(x) >= bucket);
        expect(x >= leastAmount(logBucket(x))).toBe(true);
        expect(x >= leastAmount(logBucket(x) + 1)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
