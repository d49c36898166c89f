import { ARRIVAL_MINIMUM, zScoreAwayFromZero } from '../../domain/statistics';

/** n, S and Q: how many orders, the sum of their totals in minor units, and the sum of the squares. */
export interface Sums {
  n: bigint;
  sum: bigint;
  sumSquares: bigint;
}

/** The valid orders of one currency as exact sums, and how many of them fall into each logarithmic bucket. */
export class CurrencyPopulation {
  constructor(
    private current: Sums = { n: 0n, sum: 0n, sumSquares: 0n },
    private readonly buckets = new Map<number, number>(),
  ) {}

  get sums(): Readonly<Sums> {
    return this.current;
  }

  /** Valid orders in a bucket. */
  ordersIn(bucket: number): number {
    return this.buckets.get(bucket) ?? 0;
  }

  /** Takes an order in; `by` -1 takes it out again. */
  add(amount: bigint, bucket: number, by: 1 | -1): void {
    const { n, sum, sumSquares } = this.current;
    this.current =
      by === 1
        ? { n: n + 1n, sum: sum + amount, sumSquares: sumSquares + amount * amount }
        : { n: n - 1n, sum: sum - amount, sumSquares: sumSquares - amount * amount };
    const orders = this.ordersIn(bucket) + by;
    if (orders === 0) this.buckets.delete(bucket);
    else this.buckets.set(bucket, orders);
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
}
