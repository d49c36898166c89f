/** Buckets grow by 2 %, so that a percentile is right to 1 %. */
const GROWTH = Math.log(1.02);
const SMALLEST_MS = 0.01;

/** Times in milliseconds, counted in buckets: any number of them in bounded memory. */
export class Latencies {
  private readonly counts = new Map<number, number>();
  private total = 0;
  private longest = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / GROWTH);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
    this.total++;
    this.longest = Math.max(this.longest, ms);
  }

  /** The time that this share (0 to 1) of all did not pass; 0 when there are none. */
  percentile(share: number): number {
    let rest = Math.ceil(share * this.total);
    for (const [bucket, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      rest -= count;
      if (rest <= 0) return Math.min(SMALLEST_MS * Math.exp(bucket * GROWTH), this.longest);
    }
    return 0;
  }

  get max(): number {
    return this.longest;
  }
}
