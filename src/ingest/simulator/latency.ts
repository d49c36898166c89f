/** Buckets grow by 2 %, so that a percentile is right to 1 %. */
const GROWTH = Math.log(1.02);
const SMALLEST_MS = 0.01;

/** Counts times in milliseconds by bucket, so that any number of them take bounded memory. */
export class Latencies {
  private readonly counts = new Map<number, number>();
  private total = 0;
  private highest = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / GROWTH);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.total++;
    this.highest = Math.max(this.highest, ms);
  }

  /** The time that a share of all, from 0 to 1, did not exceed; 0 when there are none. */
  percentile(share: number): number {
    let rest = Math.ceil(share * this.total);
    for (const [bucket, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      rest -= count;
      if (rest <= 0) return Math.min(SMALLEST_MS * Math.exp(bucket * GROWTH), this.highest);
    }
    return 0;
  }

  get max(): number {
    return this.highest;
  }
}
