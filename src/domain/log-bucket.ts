import { isqrt } from './statistics';

/** Buckets to a doubling of the amount. */
const STEPS = 1024;
/**
 * A normalised mantissa lies in [2^50, 2^51): every amount fits, and the product by a power of two is exact.
 */
const MANTISSA_BITS = 50;
const FRACTION_BITS = 128n;

/** LEAST[k]: the least mantissa m with m >= 2^(50 + k/1024), exact. */
const LEAST = leastMantissas();

/**
 * floor(1024 x log2 amount), exact: which logarithmic bucket an amount falls into. Monotone in the amount.
 *
 * @param amount whole number of minor units, 0 <= amount < 2^50
 * @returns the bucket; -1 for 0
 */
export function logBucket(amount: number): number {
  if (amount === 0) return -1;
  const high = Math.floor(amount / 2 ** 32);
  const exponent = high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(amount);
  const mantissa = amount * 2 ** (MANTISSA_BITS - exponent);
  let low = 0;
  let end = STEPS;
  while (end - low > 1) {
    const middle = (low + end) >> 1;
    if (mantissa >= (LEAST[middle] as number)) low = middle;
    else end = middle;
  }
  return exponent * STEPS + low;
}

/**
 * The least amount in a bucket or above it: `logBucket(amount) >= bucket` iff `amount >=
 * leastAmount(bucket)`.
 *
 * @param bucket 0 or more
 * @returns whole minor units, Infinity where numbers end
 */
export function leastAmount(bucket: number): number {
  const exponent = Math.floor(bucket / STEPS);
  // A product by a power of two is exact.
  return Math.ceil((LEAST[bucket % STEPS] as number) * 2 ** (exponent - MANTISSA_BITS));
}

/**
 * The roots are irrational, so 128 fraction bits, of which at most 11 are lost to truncation, settle every
 * ceiling: the spec proves each of them against whole powers.
 */
function leastMantissas(): Float64Array {
  const one = 1n << FRACTION_BITS;
  let step = 2n << FRACTION_BITS;
  for (let halvings = 0; halvings < Math.log2(STEPS); halvings += 1) step = isqrt(step << FRACTION_BITS);
  const least = new Float64Array(STEPS);
  const shift = FRACTION_BITS - BigInt(MANTISSA_BITS);
  let power = one;
  for (let k = 0; k < STEPS; k += 1) {
    const whole = power >> shift;
    least[k] = Number(whole << shift === power ? whole : whole + 1n);
    power = (power * step) >> FRACTION_BITS;
  }
  return least;
}
