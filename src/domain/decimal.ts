/**
 * An exact decimal number: coefficient / 10^scale. The coefficient is a bigint only where a number would not
 * be exact.
 */
export interface Decimal {
  coefficient: number | bigint;
  scale: number;
}

const PLAIN_DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;
/** Digits before and behind the point, without the zeros around them. */
const MAX_DIGITS = 30;

/** How `parseDecimal` wants a number. */
export const MUST_BE_A_DECIMAL = 'must be a plain decimal such as 12.50';
const SAFE_DIGITS = 15;

/**
 * Reads a plain decimal such as `12`, `-0.05` or `12.3400`: no plus sign, exponent, blank or separator,
 * digits on both sides of the point. Zeros around it change nothing: `0012.3400` is `12.34`. Undefined when
 * it is none, or has more decimals than allowed.
 */
export function parseDecimal(text: string, maxScale: number): Decimal | undefined {
  const match = PLAIN_DECIMAL.exec(text);
  if (match === null) return undefined;
  const sign = match[1];
  const whole = withoutLeadingZeros(match[2] ?? '');
  const fraction = withoutTrailingZeros(match[3] ?? '');
  if (fraction.length > maxScale || fraction.length > MAX_DIGITS || whole.length > MAX_DIGITS)
    return undefined;
  const digits = whole + fraction;
  if (digits.length <= SAFE_DIGITS) {
    const magnitude = Number(digits);
    return { coefficient: sign === '-' && magnitude !== 0 ? -magnitude : magnitude, scale: fraction.length };
  }
  const magnitude = BigInt(digits);
  const coefficient = sign === '-' ? -magnitude : magnitude;
  return { coefficient: asNumberWhereExact(coefficient), scale: fraction.length };
}

/**
 * As `parseDecimal` counts them, so that what it refuses can be told apart: undefined when it is no plain
 * decimal at all.
 */
export function decimalsOf(text: string): number | undefined {
  return parseDecimal(text, MAX_DIGITS)?.scale;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === '0') start++;
  return digits.slice(start);
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

/** Writes a decimal with at least `minScale` decimals and no trailing zeros beyond them. */
export function formatDecimal({ coefficient, scale }: Decimal, minScale = 0): string {
  const negative = coefficient < 0;
  const digits = String(negative ? -coefficient : coefficient).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = withoutTrailingZeros(digits.slice(digits.length - scale)).padEnd(minScale, '0');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * round(a x b / divisor), half away from zero, exactly. All three are integers, the divisor is above zero.
 * Undefined when the result is not below `limit` in size.
 */
export function multiplyDivideRound(
  a: number | bigint,
  b: number | bigint,
  divisor: number | bigint,
  limit: number,
): number | undefined {
  if (typeof a === 'number' && typeof b === 'number' && typeof divisor === 'number') {
    const product = a * b;
    // A rounded product is never inside the safe range, so a product inside it is exact.
    if (Number.isSafeInteger(product)) {
      const remainder = product % divisor;
      const quotient = (product - remainder) / divisor;
      const away = 2 * Math.abs(remainder) >= divisor ? Math.sign(product) : 0;
      const rounded = quotient + away + 0; // + 0 turns -0 into 0
      return Math.abs(rounded) < limit ? rounded : undefined;
    }
  }
  const product = BigInt(a) * BigInt(b);
  const by = BigInt(divisor);
  const magnitude = product < 0n ? -product : product;
  const rounded = (2n * magnitude + by) / (2n * by);
  if (rounded >= BigInt(limit)) return undefined;
  return product < 0n && rounded !== 0n ? -Number(rounded) : Number(rounded);
}

/** The same whole number, a bigint only where a number would not be exact. */
export function asNumberWhereExact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
