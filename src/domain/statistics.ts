/**
 * Exact statistics of order totals. A population is three integers: n (how many), sum and sumSquares of
 * amounts in minor units. Every decision and every digit comes from integer arithmetic; no float takes part.
 */

/** Below this many earlier orders nothing is judged AT_ARRIVAL. */
export const ARRIVAL_MINIMUM = 6n;
/** Below this many orders above zero nothing is judged ROBUST. */
export const ROBUST_MINIMUM = 30;
/** The threshold of ROBUST where none is asked for. */
export const ROBUST_THRESHOLD = '3.5';

const MILLION = 1_000_000n;

/**
 * A threshold as whole millionths.
 * @param threshold decimal string, not negative, at most 6 decimals, e.g. '2' or '1.96'
 * @throws RangeError for anything else
 */
export function thresholdMillionths(threshold: string): bigint {
  const parts = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(threshold);
  if (!parts) throw new RangeError(`A threshold is a decimal of at most 6 decimals, not ${threshold}`);
  return BigInt(parts[1] as string) * MILLION + BigInt((parts[2] ?? '').padEnd(6, '0'));
}

/**
 * Which amounts lie more than `threshold` sample standard deviations from the mean: x is flagged iff x < low
 * or x > high. From |z| > T <=> (nx - S)^2 (n - 1) > T^2 n (nQ - S^2), whose left root is the integer |nx -
 * S|.
 *
 * @returns low: the least amount not flagged, high: the greatest; null while n < 2 or all amounts are equal
 */
export function bounds(
  n: bigint,
  sum: bigint,
  sumSquares: bigint,
  threshold: string,
): { low: bigint; high: bigint } | null {
  const spread = spreadOf(n, sum, sumSquares);
  if (spread === null) return null;
  const t = thresholdMillionths(threshold);
  const reach = isqrt((t * t * n * spread) / (MILLION * MILLION * (n - 1n)));
  return { low: -floorDivide(reach - sum, n), high: floorDivide(sum + reach, n) };
}

/**
 * sum / n as a decimal string with `digits` decimals, half away from zero.
 * @param minorDigits decimals of the currency: 2 turns cents into whole units
 * @returns null for an empty population
 */
export function mean(n: bigint, sum: bigint, digits: number, minorDigits = 0): string | null {
  if (n < 1n) return null;
  const doubled = (2n * absolute(sum) * 10n ** BigInt(digits)) / (n * 10n ** BigInt(minorDigits));
  return decimal(sum < 0n, (doubled + 1n) / 2n, digits);
}

/**
 * The sample standard deviation as a decimal string with `digits` decimals, half away from zero.
 * @param minorDigits decimals of the currency: 2 turns cents into whole units
 * @returns null while n < 2
 */
export function standardDeviation(
  n: bigint,
  sum: bigint,
  sumSquares: bigint,
  digits: number,
  minorDigits = 0,
): string | null {
  if (n < 2n) return null;
  const spread = n * sumSquares - sum * sum;
  return decimal(
    false,
    roundedRoot(spread * 100n ** BigInt(digits), n * (n - 1n) * 100n ** BigInt(minorDigits)),
    digits,
  );
}

/**
 * (x - mean) / sample standard deviation as a decimal string with `digits` decimals, half away from zero.
 * @returns null while n < 2 or all amounts are equal
 */
export function zScore(n: bigint, sum: bigint, sumSquares: bigint, x: bigint, digits: number): string | null {
  const spread = spreadOf(n, sum, sumSquares);
  if (spread === null) return null;
  const distance = n * x - sum;
  const score = roundedRoot(distance * distance * (n - 1n) * 100n ** BigInt(digits), n * spread);
  return decimal(distance < 0n, score, digits);
}

/**
 * (x - mean) / sample standard deviation in millionths, rounded away from zero: above T exactly when z itself
 * is, for every T of at most 6 decimals.
 * @returns null while n < 2 or all amounts are equal
 */
export function zScoreAwayFromZero(n: bigint, sum: bigint, sumSquares: bigint, x: bigint): bigint | null {
  const spread = spreadOf(n, sum, sumSquares);
  if (spread === null) return null;
  const distance = n * x - sum;
  const square = distance * distance * (n - 1n) * MILLION * MILLION;
  const divisor = n * spread;
  const least = (square + divisor - 1n) / divisor;
  const floor = isqrt(least);
  const root = floor * floor === least ? floor : floor + 1n;
  return distance < 0n ? -root : root;
}

/** The greatest integer whose square is not above `value`. @throws RangeError below zero */
export function isqrt(value: bigint): bigint {
  if (value < 0n) throw new RangeError('No square root of a negative number');
  if (value < 2n) return value;
  // Newton from above falls until it stands on the root.
  let root = 1n << BigInt(value.toString(16).length * 2);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** nQ - S^2, which is n(n-1) times the sample variance; null where no score is defined. */
function spreadOf(n: bigint, sum: bigint, sumSquares: bigint): bigint | null {
  if (n < 2n) return null;
  const spread = n * sumSquares - sum * sum;
  return spread > 0n ? spread : null;
}

/** sqrt(numerator / divisor) to the nearest integer, half away from zero. */
function roundedRoot(numerator: bigint, divisor: bigint): bigint {
  return (isqrt((4n * numerator) / divisor) + 1n) / 2n;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function decimal(negative: boolean, scaled: bigint, digits: number): string {
  const text = scaled.toString().padStart(digits + 1, '0');
  const sign = negative && scaled > 0n ? '-' : '';
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
