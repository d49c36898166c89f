import { DAY_MS, dayIn } from '../../../domain/calendar';
import { minorDigits } from '../../../domain/currencies';
import { parseDecimal } from '../../../domain/decimal';
import {
  AMOUNT_PRECISION,
  EXCHANGE_RATE_DECIMALS,
  EXCHANGE_RATE_PRECISION,
  UNIT_PRICE_DECIMALS,
} from '../../../domain/money';
import { BadRowError } from './bad-row-error';

const LARGEST_AMOUNT = 10n ** BigInt(AMOUNT_PRECISION);
const LARGEST_RATE = 10n ** BigInt(EXCHANGE_RATE_PRECISION);

/** Days since 1970-01-01 of a calendar day `YYYY-MM-DD`. */
export const daysSinceEpoch = (day: string): number => Date.parse(day) / DAY_MS;

/**
 * The business day of an instant (Unix milliseconds) in a time zone, as days since 1970-01-01.
 * @throws BadRowError when the number is out of the range of dates
 */
export function businessDay(at: number, timeZone: string): number {
  if (Number.isNaN(new Date(at).getTime())) throw new BadRowError(`${at} is no time`);
  return daysSinceEpoch(dayIn(timeZone)(at));
}

/** The day in UTC of an instant (Unix milliseconds), as days since 1970-01-01. */
export const utcDay = (at: number): number => Math.floor(at / DAY_MS);

/**
 * Minor units as an unscaled decimal of four decimals.
 * @throws BadRowError when the currency is unknown or the amount has more than 14 digits before the point
 */
export function amountOf(minor: number, currency: string): number | bigint {
  const digits = minorDigits(currency);
  if (digits === undefined) throw new BadRowError(`${currency} is no currency`);
  return unscaled(minor, UNIT_PRICE_DECIMALS - digits, LARGEST_AMOUNT, 'amount');
}

/**
 * A unit price as an unscaled decimal of four decimals. @throws BadRowError when it is no decimal, or too
 * large
 */
export const priceOf = (text: string): number | bigint =>
  decimalOf(text, UNIT_PRICE_DECIMALS, LARGEST_AMOUNT, 'unit price');

/**
 * An exchange rate as an unscaled decimal of ten decimals. @throws BadRowError when it is no decimal, or too
 * large
 */
export const rateOf = (text: string): number | bigint =>
  decimalOf(text, EXCHANGE_RATE_DECIMALS, LARGEST_RATE, 'exchange rate');

function decimalOf(text: string, scale: number, limit: bigint, what: string): number | bigint {
  const decimal = parseDecimal(text, scale);
  if (decimal === undefined) throw new BadRowError(`${what} ${text} is no decimal of ${scale} decimals`);
  return unscaled(decimal.coefficient, scale - decimal.scale, limit, what);
}

function unscaled(coefficient: number | bigint, zeros: number, limit: bigint, what: string): number | bigint {
  if (typeof coefficient === 'number') {
    if (!Number.isSafeInteger(coefficient)) {
      throw new BadRowError(`${what} ${coefficient} is no whole number of its smallest unit`);
    }
    const quick = coefficient * 10 ** zeros;
    if (Number.isSafeInteger(quick)) return quick;
  }
  const exact = BigInt(coefficient) * 10n ** BigInt(zeros);
  if (exact >= limit || exact <= -limit)
    throw new BadRowError(`${what} ${coefficient} is too large for its column`);
  return exact;
}
