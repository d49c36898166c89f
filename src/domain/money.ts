import { minorDigits } from './currencies';
import {
  type Decimal,
  decimalsOf,
  formatDecimal,
  MUST_BE_A_DECIMAL,
  multiplyDivideRound,
  parseDecimal,
} from './decimal';

/**
 * Amounts of every currency are below this many minor units in size: exact JavaScript numbers, with room for
 * sums.
 */
export const AMOUNT_LIMIT = 1e15;

/** Decimals that a unit price may have. No currency has more minor digits than that. */
export const UNIT_PRICE_DECIMALS = 4;

/**
 * Digits of a column of amounts or unit prices, in lake and warehouse; UNIT_PRICE_DECIMALS of them are behind
 * the point.
 */
export const AMOUNT_PRECISION = 18;

/** Decimals that an exchange rate may have. */
export const EXCHANGE_RATE_DECIMALS = 10;

/** Digits of a column of exchange rates; EXCHANGE_RATE_DECIMALS of them are behind the point. */
export const EXCHANGE_RATE_PRECISION = 25;

const EXCHANGE_RATE_LIMIT = 10 ** (EXCHANGE_RATE_PRECISION - EXCHANGE_RATE_DECIMALS);

/**
 * Every new amount and unit price in a currency is below this, in minor units. It is the smaller of what a
 * column takes (10^14 whole units) and AMOUNT_LIMIT, so the lake takes whatever a command accepts.
 * @throws RangeError when the currency is unknown
 */
export function amountLimit(currency: string): number {
  return Math.min(AMOUNT_LIMIT, 10 ** (AMOUNT_PRECISION - UNIT_PRICE_DECIMALS + knownDigits(currency)));
}

/**
 * Reads an amount of money: a plain decimal with at most the currency's decimals, zeros at the end aside.
 * @returns integer minor units; undefined when it is no such number, not below `amountLimit`, or the currency
 *   is unknown
 */
export function parseAmount(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  const decimal = parseDecimal(text, digits);
  if (decimal === undefined) return undefined;
  return multiplyDivideRound(decimal.coefficient, 10 ** (digits - decimal.scale), 1, amountLimit(currency));
}

/**
 * Reads a unit price: a plain decimal with at most 4 decimals, below `amountLimit`.
 * @returns the same price in one notation (at least the currency's decimals, no zeros after them: `2.5` is
 *   `2.50` in EUR), undefined when it is none or the currency is unknown
 */
export function parseUnitPrice(text: string, currency: string): string | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined) return undefined;
  const decimal = parseDecimal(text, UNIT_PRICE_DECIMALS);
  if (decimal === undefined || times(decimal, 1, currency) === undefined) return undefined;
  return formatDecimal(decimal, digits);
}

/**
 * Reads an exchange rate: a plain decimal above zero with at most 10 decimals and 15 digits before the point.
 * @returns the same rate without trailing zeros, undefined when it is none
 */
export function parseExchangeRate(text: string): string | undefined {
  const decimal = parseDecimal(text, EXCHANGE_RATE_DECIMALS);
  if (decimal === undefined || decimal.coefficient <= 0) return undefined;
  return multiplyDivideRound(decimal.coefficient, 1, 10 ** decimal.scale, EXCHANGE_RATE_LIMIT) === undefined
    ? undefined
    : formatDecimal(decimal);
}

/** Why `parseAmount` refuses a text. */
export function amountProblem(text: string, currency: string): string {
  const digits = minorDigits(currency) ?? UNIT_PRICE_DECIMALS;
  return numberProblem(text, digits, ` in ${currency}`) ?? tooLarge(currency);
}

/** Why `parseUnitPrice` refuses a text. */
export function unitPriceProblem(text: string, currency: string): string {
  return numberProblem(text, UNIT_PRICE_DECIMALS) ?? tooLarge(currency);
}

/** Why `parseExchangeRate` refuses a text. */
export function exchangeRateProblem(text: string): string {
  const problem = numberProblem(text, EXCHANGE_RATE_DECIMALS);
  return problem ?? 'must be above zero and below 10^15';
}

/** Also for an unknown currency, which is told of first. */
function tooLarge(currency: string): string {
  if (minorDigits(currency) === undefined) return 'is too large';
  return `must be below ${formatAmount(amountLimit(currency), currency)} ${currency}`;
}

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
 * @returns undefined when the result is not below `amountLimit`, the price is no such decimal or the currency
 *   is unknown
 */
export function lineAmount(unitPrice: string, quantity: number, currency: string): number | undefined {
  const price = parseDecimal(unitPrice, UNIT_PRICE_DECIMALS);
  if (minorDigits(currency) === undefined || price === undefined) return undefined;
  return times(price, quantity, currency);
}

/**
 * The share of `amount` that belongs to `part` of `whole` units: round(amount x part / whole), half away from
 * zero. Shares of growing parts grow with them, and the share of the whole is the amount itself.
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

/** As `formatAmount`, with the code of the currency behind it: for messages. */
export const amountInWords = (minor: number | bigint, currency: string): string =>
  `${formatAmount(minor, currency)} ${currency}`;

/**
 * An amount in another currency, rounded half away from zero to its minor units.
 * @param minor integer minor units of `from`
 * @param rate plain decimal string: units of `to` for one unit of `from`
 * @throws RangeError when a currency is unknown, the rate is no decimal, or the result is not below
 *   AMOUNT_LIMIT
 */
export function convert(minor: number | bigint, rate: string, from: string, to: string): number {
  // Older logs have amounts beyond amountLimit, and a fold must take them.
  return converted(minor, rate, from, to, AMOUNT_LIMIT) ?? outOfRange(`${minor} ${from} at ${rate} in ${to}`);
}

/** As `convert`, but undefined when the result is not below `amountLimit`. */
export function tryConvert(
  minor: number | bigint,
  rate: string,
  from: string,
  to: string,
): number | undefined {
  return converted(minor, rate, from, to, amountLimit(to));
}

function converted(
  minor: number | bigint,
  rate: string,
  from: string,
  to: string,
  limit: number,
): number | undefined {
  const fromDigits = knownDigits(from);
  const toDigits = knownDigits(to);
  const { coefficient, scale } = parseDecimal(rate, EXCHANGE_RATE_DECIMALS) ?? outOfRange(`rate ${rate}`);
  const shift = fromDigits + scale - toDigits;
  return shift >= 0
    ? multiplyDivideRound(minor, coefficient, 10 ** shift, limit)
    : multiplyDivideRound(BigInt(minor) * 10n ** BigInt(-shift), coefficient, 1, limit);
}

function times({ coefficient, scale }: Decimal, quantity: number, currency: string): number | undefined {
  const digits = knownDigits(currency);
  const limit = amountLimit(currency);
  return scale >= digits
    ? multiplyDivideRound(coefficient, quantity, 10 ** (scale - digits), limit)
    : multiplyDivideRound(BigInt(coefficient) * 10n ** BigInt(digits - scale), quantity, 1, limit);
}

function knownDigits(currency: string): number {
  return minorDigits(currency) ?? outOfRange(`currency ${currency}`);
}

function outOfRange(what: string): never {
  throw new RangeError(`Not representable: ${what}`);
}
