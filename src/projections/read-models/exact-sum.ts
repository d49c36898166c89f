/** Beyond this a sum moves into the bigint. It leaves room for one more amount (below 10^15) under 2^53. */
const SPILL = 2 ** 52;

/** A sum of whole numbers that is exact at any size, and as fast as a number while it is small. */
export class ExactSum {
  private low = 0;
  private high = 0n;

  /** @param amount a whole number, at most 2^52 either way */
  add(amount: number): void {
    this.low += amount;
    if (this.low > SPILL || this.low < -SPILL) this.spill();
  }

  addAll(other: ExactSum): void {
    this.high += other.high;
    this.add(other.low);
  }

  get value(): number | bigint {
    return this.high === 0n ? this.low : this.high + BigInt(this.low);
  }

  private spill(): void {
    this.high += BigInt(this.low);
    this.low = 0;
  }
}
