import { ROBUST_MINIMUM, ROBUST_THRESHOLD, thresholdMillionths } from './statistics';

/** How many orders fall into one logarithmic bucket (see log-bucket.ts). */
export interface BucketCount {
  bucket: number;
  orders: number;
}

export interface RobustCut {
  /**
   * an order is flagged iff its bucket >= cut; null while nothing can be judged (population below 30, or no
   * spread)
   */
  cut: number | null;
  /** orders above zero */
  population: number;
  /** median bucket, a multiple of 1/2; null for an empty population */
  medianBucket: number | null;
  /** median absolute deviation from it, in buckets, a multiple of 1/4; null for an empty population */
  mad: number | null;
}

/**
 * The bucket at which orders begin to be unusually large: 0.6745 x (bucket - median) / MAD > threshold. Only
 * large orders are flagged. Median and MAD are held doubled and fourfold, so that all comparisons are of
 * integers.
 *
 * @param buckets counts above zero, in any order, each bucket once
 * @param threshold decimal string of at most 6 decimals
 */
export function robustCut(buckets: readonly BucketCount[], threshold: string = ROBUST_THRESHOLD): RobustCut {
  let population = 0;
  for (const { orders } of buckets) population += orders;
  if (population === 0) return { cut: null, population, medianBucket: null, mad: null };
  const median2 = doubledMedian(buckets, population);
  const deviations = buckets.map(({ bucket, orders }) => ({
    bucket: Math.abs(2 * bucket - median2),
    orders,
  }));
  const mad4 = doubledMedian(deviations, population);
  return {
    cut:
      population < ROBUST_MINIMUM || mad4 === 0
        ? null
        : lowestFlagged(median2, mad4, thresholdMillionths(threshold)),
    population,
    medianBucket: median2 / 2,
    mad: mad4 / 4,
  };
}

/** 0.6745 x (bucket - median) / MAD of one order, for display; null where `robustCut` could not judge. */
export function robustScore(bucket: number, { cut, medianBucket, mad }: RobustCut): number | null {
  return cut === null || medianBucket === null || mad === null
    ? null
    : (0.6745 * (bucket - medianBucket)) / mad;
}

/** 6745/10^4 x (2b - median2)/2 > t/10^6 x mad4/4, solved for the least whole b. */
function lowestFlagged(median2: number, mad4: number, t: bigint): number {
  const reach = (t * BigInt(mad4)) / 1_349_000n;
  return Math.ceil((median2 + Number(reach) + 1) / 2);
}

/** Twice the median: the sum of the two middle values, or the middle one twice. */
function doubledMedian(values: readonly BucketCount[], population: number): number {
  const sorted = [...values].sort((a, b) => a.bucket - b.bucket);
  const lower = Math.floor((population - 1) / 2);
  const upper = Math.floor(population / 2);
  let seen = 0;
  let sum = 0;
  for (const { bucket, orders } of sorted) {
    if (seen <= lower && lower < seen + orders) sum += bucket;
    if (seen <= upper && upper < seen + orders) sum += bucket;
    seen += orders;
  }
  return sum;
}
