import { minorDigits } from './currencies';
import {
  type Decimal,
  decimalsOf,
  formatDecimal,
  MUST_BE_A_DECIMAL,
  multiplyDivideRound,
  parseDecimal,
} from './decimal';

/** Every amount is below this many minor units in size, so that it is an exact JavaScript number with room for sums. */
export const AMOUNT_LIMIT = 1e15;

/** Decimals that a unit price may have. No currency has more minor digits than that. */
export const UNIT_PRICE_DECIMALS = 4;

/** Decimals that an exchange rate may have. */
export const EXCHANGE_RATE_DECIMALS = 10;

/**
 * Reads an amount of money: a plain decimal with at most the currency's decimals, zeros at the end aside.
 * @returns integer minor units; undefined when it is no such number, not below AMOUNT_LIMIT, or the currency is unknown
 */
export function parseAmount(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  const decimal = parseDecimal(text, digits);
  if (decimal === undefined) return undefined;
  return multiplyDivideRound(decimal.coefficient, 10 ** (digits - decimal.scale), 1, AMOUNT_LIMIT);
}

/**
 * Reads a unit price: a plain decimal with at most 4 decimals, below AMOUNT_LIMIT minor units.
 * @returns the same price in one notation (at least the currency's decimals, no zeros after them: `2.5` is `2.50` in EUR),
 *   undefined when it is none or the currency is unknown
 */
export function parseUnitPrice(text: string, currency: string): string | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  const decimal = parseDecimal(text, UNIT_PRICE_DECIMALS);
  if (decimal === undefined || times(decimal, 1, digits) === undefined) return undefined;
  return formatDecimal(decimal, digits);
}

/**
 * Reads an exchange rate: a plain decimal above zero with at most 10 decimals and 15 digits before the point.
 * @returns the same rate without trailing zeros, undefined when it is none
 */
export function parseExchangeRate(text: string): string | undefined {
  const decimal = parseDecimal(text, EXCHANGE_RATE_DECIMALS);
  if (decimal === undefined || decimal.coefficient <= 0) return undefined;
  return multiplyDivideRound(decimal.coefficient, 1, 10 ** decimal.scale, AMOUNT_LIMIT) === undefined
    ? undefined
    : formatDecimal(decimal);
}

/** Why `parseAmount` refuses a text. */
export function amountProblem(text: string, currency: string): string {
  const digits = minorDigits(currency) ?? UNIT_PRICE_DECIMALS;
  return numberProblem(text, digits, ` in ${currency}`) ?? TOO_LARGE;
}

/** Why `parseUnitPrice` refuses a text. */
export function unitPriceProblem(text: string): string {
  return numberProblem(text, UNIT_PRICE_DECIMALS) ?? TOO_LARGE;
}

/** Why `parseExchangeRate` refuses a text. */
export function exchangeRateProblem(text: string): string {
  const problem = numberProblem(text, EXCHANGE_RATE_DECIMALS);
  return problem ?? 'must be above zero and below 10^15';
}

const TOO_LARGE = 'must be below 10^15 minor units';

function numberProblem(text: string, decimals: number, where = ''): string | undefined {
  const found = decimalsOf(text);
  if (found === undefined) return MUST_BE_A_DECIMAL;
  if (found <= decimals) return undefined;
  return decimals === 0 ? `must not have decimals${where}` : `must have at most ${decimals} decimals${where}`;
}

/**
 * round(unitPrice x quantity) in minor units of the currency, rounded once, half away from zero.
 * @param unitPrice plain decimal string with at most 4 decimals
 * @param quantity a whole number
 * @returns undefined when the result is not below AMOUNT_LIMIT, the price is no such decimal or the currency is unknown
 */
export function lineAmount(unitPrice: string, quantity: number, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const price = parseDecimal(unitPrice, UNIT_PRICE_DECIMALS);
  if (digits === undefined || price === undefined) return undefined;
  return times(price, quantity, digits);
}

/**
 * The share of `amount` that belongs to `part` of `whole` units: round(amount x part / whole), half away from zero.
 * Shares of growing parts grow with them, and the share of the whole is the amount itself.
 */
export function shareOf(amount: number, part: number, whole: number): number {
  return multiplyDivideRound(amount, part, whole, AMOUNT_LIMIT) ?? outOfRange(`share of ${amount}`);
}

/**
 * Writes minor units as a decimal string with exactly the currency's decimals.
 * @throws RangeError when the currency is unknown
 */
export function formatAmount(minor: number | bigint, currency: string): string {
  const digits = knownDigits(currency);
  return formatDecimal({ coefficient: minor, scale: digits }, digits);
}

/**
 * An amount in another currency, rounded half away from zero to its minor units.
 * @param minor integer minor units of `from`
 * @param rate plain decimal string: units of `to` for one unit of `from`
 * @throws RangeError when a currency is unknown, the rate is no decimal, or the result is not below AMOUNT_LIMIT
 */
export function convert(minor: number | bigint, rate: string, from: string, to: string): number {
  return tryConvert(minor, rate, from, to) ?? outOfRange(`${minor} ${from} at ${rate} in ${to}`);
}

/** As `convert`, but undefined when the result is not below AMOUNT_LIMIT. */
export function tryConvert(
  minor: number | bigint,
  rate: string,
  from: string,
  to: string,
): number | undefined {
  const fromDigits = knownDigits(from);
  const toDigits = knownDigits(to);
  const { coefficient, scale } = parseDecimal(rate, EXCHANGE_RATE_DECIMALS) ?? outOfRange(`rate ${rate}`);
  const shift = fromDigits + scale - toDigits;
  return shift >= 0
    ? multiplyDivideRound(minor, coefficient, 10 ** shift, AMOUNT_LIMIT)
    : multiplyDivideRound(BigInt(minor) * 10n ** BigInt(-shift), coefficient, 1, AMOUNT_LIMIT);
}

function times({ coefficient, scale }: Decimal, quantity: number, digits: number): number | undefined {
  return scale >= digits
    ? multiplyDivideRound(coefficient, quantity, 10 ** (scale - digits), AMOUNT_LIMIT)
    : multiplyDivideRound(BigInt(coefficient) * 10n ** BigInt(digits - scale), quantity, 1, AMOUNT_LIMIT);
}

function knownDigits(currency: string): number {
  return minorDigits(currency) ?? outOfRange(`currency ${currency}`);
}

function outOfRange(what: string): never {
  throw new RangeError(`Not representable: ${what}`);
}
