import { ARRIVAL_MINIMUM, zScoreAwayFromZero } from '../../../domain/statistics';

/** n, S and Q: how many orders, the sum of their totals in minor units, and the sum of the squares. */
export interface Sums {
  n: bigint;
  sum: bigint;
  sumSquares: bigint;
}

/** How many neighbouring buckets are kept together. */
export const BUCKETS_TOGETHER = 64;

/** The first of the buckets that are kept together with this one. */
export const firstOfGroup = (bucket: number): number =>
  Math.floor(bucket / BUCKETS_TOGETHER) * BUCKETS_TOGETHER;

/** The valid orders of one currency as exact sums, and how many of them fall into each logarithmic bucket. */
export class CurrencyPopulation {
  /** @param groups orders of BUCKETS_TOGETHER buckets each, by the first of them */
  constructor(
    private current: Sums = { n: 0n, sum: 0n, sumSquares: 0n },
    private readonly groups = new Map<number, number[]>(),
  ) {}

  get sums(): Readonly<Sums> {
    return this.current;
  }

  /** Valid orders in each bucket of a group. */
  group(first: number): readonly number[] {
    return this.counts(first);
  }

  /** Takes an order in; `by` -1 takes it out again. */
  add(amount: bigint, bucket: number, by: 1 | -1): void {
    const { n, sum, sumSquares } = this.current;
    this.current =
      by === 1
        ? { n: n + 1n, sum: sum + amount, sumSquares: sumSquares + amount * amount }
        : { n: n - 1n, sum: sum - amount, sumSquares: sumSquares - amount * amount };
    const first = firstOfGroup(bucket);
    const counts = this.counts(first);
    counts[bucket - first] = (counts[bucket - first] ?? 0) + by;
  }

  /**
   * The z score, in millionths away from zero, of an order that is about to join.
   * @returns null where |z| <= 1, which no threshold asks for, or where too few orders came before
   */
  arrivalScore(amount: bigint): bigint | null {
    const { n, sum, sumSquares } = this.current;
    if (n < ARRIVAL_MINIMUM) return null;
    const distance = n * amount - sum;
    if (distance * distance * (n - 1n) <= n * (n * sumSquares - sum * sum)) return null;
    return zScoreAwayFromZero(n, sum, sumSquares, amount);
  }

  private counts(first: number): number[] {
    let counts = this.groups.get(first);
    if (counts === undefined) {
      counts = new Array<number>(BUCKETS_TOGETHER).fill(0);
      this.groups.set(first, counts);
    }
    return counts;
  }
}
