/** Digits from the first that is not zero: a double has 15 to 17, and nobody writes so many by hand. */
const FULL_PRECISION = 15;
/** Products of a few factors and sums of a hundred amounts are within 2^-49 of the truth. */
const TOLERANCE = 2 ** -48;
/** The error of a difference is that of its terms: below this size it counts as if it were this size. */
const SMALLEST = 4;
const MAX_SCALE = 6;
/** A text that fits by chance has to be that rare. */
const CERTAINTY = 1_000;
/** What is left of a sum that is zero. */
const NOTHING = 1e-9;

const DIGITS = /^-?(\d+)(?:\.(\d+))?$/;

/**
 * The short decimal that a number means which a program wrote as a binary float: `243.98` for
 * `243.98000000000002`.
 *
 * A text with at least 15 significant digits means the shortest decimal (of at most 6 decimals) that is
 * within 2^-48 of its size (of 4, for smaller numbers), where such decimals are at least 1,000 times further
 * apart than that. A text below 10^-9 with so many digits means 0. So reading it never changes a number by
 * more than 2^-48 of its size, or 2^-46, or 10^-9 where it is nothing.
 * @param text a plain decimal with a point and no exponent
 * @returns a plain decimal; undefined for a text that means what it says
 */
export function meantDecimal(text: string): string | undefined {
  if (text.length <= FULL_PRECISION) return undefined;
  const [, whole = '', fraction = ''] = DIGITS.exec(text) ?? [];
  if (fraction === '' || (whole + fraction).replace(/^0+/, '').length < FULL_PRECISION) return undefined;
  const size = Math.abs(Number(text));
  if (size < NOTHING) return '0';
  const tolerance = TOLERANCE * Math.max(SMALLEST, size);
  for (let scale = 0; scale <= Math.min(MAX_SCALE, fraction.length - 1); scale++) {
    if (10 ** -scale < tolerance * CERTAINTY) return undefined;
    const rounded = roundDigits(whole, fraction, scale);
    if (distance(whole, fraction, rounded, scale) <= tolerance)
      return plain(text.startsWith('-'), rounded, scale);
  }
  return undefined;
}

/** The number in units of 10^-scale, rounded half up, exactly. */
function roundDigits(whole: string, fraction: string, scale: number): bigint {
  const cut = BigInt(whole + fraction.slice(0, scale));
  return fraction.charAt(scale) >= '5' ? cut + 1n : cut;
}

/** How far a number is from `rounded` units of 10^-scale; exact, but for one rounding at the end. */
function distance(whole: string, fraction: string, rounded: bigint, scale: number): number {
  const exact = BigInt(whole + fraction);
  const difference = exact - rounded * 10n ** BigInt(fraction.length - scale);
  return Math.abs(Number(difference)) / 10 ** fraction.length;
}

function plain(negative: boolean, units: bigint, scale: number): string {
  const digits = String(units).padStart(scale + 1, '0');
  const decimal = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative && units !== 0n ? `-${decimal}` : decimal;
}
