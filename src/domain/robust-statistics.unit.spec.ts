import fc from 'fast-check';
import { type BucketCount, robustCut, robustScore } from './robust-statistics';
import { thresholdMillionths } from './statistics';

/** Twice the median of a plain list. */
function median2(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] as number;
  return at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2));
}

function counted(values: number[]): BucketCount[] {
  const counts = new Map<number, number>();
  for (const bucket of values) counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  return [...counts].map(([bucket, orders]) => ({ bucket, orders }));
}

const lists = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 80, size: 'max' });

describe('robustCut', () => {
  it('flags exactly what the formula over all orders flags', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom('0', '1', '3.5', '2.000001'), (values, threshold) => {
        const middle = median2(values);
        const spread = median2(values.map((value) => Math.abs(2 * value - middle)));
        const found = robustCut(counted(values), threshold);
        expect(found).toMatchObject({ population: values.length, medianBucket: middle / 2, mad: spread / 4 });
        expect(found.cut === null).toBe(values.length < 30 || spread === 0);
        if (found.cut === null) return;
        for (let bucket = -1; bucket < 200; bucket += 1) {
          // 0.6745 (b - median) / MAD > T, both sides times 10^7 x MAD x 4
          const left = 6745n * 2_000n * BigInt(2 * bucket - middle);
          const right = thresholdMillionths(threshold) * 10n * BigInt(spread);
          expect(bucket >= found.cut).toBe(left > right);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('scores an order for display', () => {
    const values = Array.from({ length: 31 }, (_, i) => i);
    const found = robustCut(counted(values));
    expect(found).toEqual({ cut: 57, population: 31, medianBucket: 15, mad: 8 });
    expect(robustScore(57, found)).toBeCloseTo(3.541125, 9);
    expect(robustScore(56, found)).toBeCloseTo(3.4568125, 9);
  });

  it('judges nothing without orders, with fewer than 30, or without a spread', () => {
    expect(robustCut([])).toEqual({ cut: null, population: 0, medianBucket: null, mad: null });
    expect(robustCut(counted(Array.from({ length: 29 }, (_, i) => i))).cut).toBeNull();
    const flat = robustCut([{ bucket: 7, orders: 40 }]);
    expect(flat).toEqual({ cut: null, population: 40, medianBucket: 7, mad: 0 });
    expect(robustScore(9, flat)).toBeNull();
  });
});
