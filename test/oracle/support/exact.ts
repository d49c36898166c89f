/**
 * Checks decimals against the exact values that they are rounded from (half away from zero). It compares
 * squares and products of integers, and computes no root or quotient.
 */

/** A fraction of integers; the denominator is above zero. */
export interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** Whether `text` is the fraction, rounded to as many decimals as `text` has. */
export function isRounded(text: string, { numerator, denominator }: Fraction): boolean {
  const { value, scale } = unscaled(text);
  const distance = absolute(numerator * scale - value * denominator);
  const tieGoesOut = absolute(value) * denominator >= absolute(numerator * scale);
  return 2n * distance < denominator || (2n * distance === denominator && tieGoesOut);
}

/** Whether `text` is the square root of the fraction, rounded to as many decimals as `text` has. */
export function isRoundedRoot(text: string, { numerator, denominator }: Fraction): boolean {
  const { value, scale } = unscaled(text);
  const square = 4n * numerator * scale * scale;
  const above = (2n * value + 1n) ** 2n * denominator;
  const below = value === 0n ? 0n : (2n * value - 1n) ** 2n * denominator;
  return value >= 0n && below <= square && square < above;
}

function unscaled(text: string): { value: bigint; scale: bigint } {
  const [whole = '', fraction = ''] = text.split('.');
  return { value: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length) };
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
