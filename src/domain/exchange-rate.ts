import { invalidField, ok, type Result } from './failures';
import { tryConvert } from './money';

/**
 * The exchange rate to store with amounts in `currency`. The reporting currency has none: its rate is 1. A
 * rate is refused when it takes one of the amounts out of range, so every read model can convert.
 * @param rate reporting units for one unit of `currency`, as `parseExchangeRate` returns it
 */
export function storedExchangeRate(
  rate: string | undefined,
  currency: string,
  reportingCurrency: string,
  amounts: number[],
): Result<string | undefined> {
  if (rate === undefined) return ok(undefined);
  if (currency === reportingCurrency) {
    return rate === '1'
      ? ok(undefined)
      : invalidField(['exchangeRate'], `must be 1 or absent: ${currency} is the reporting currency`);
  }
  const inRange = amounts.every(
    (amount) => tryConvert(amount, rate, currency, reportingCurrency) !== undefined,
  );
  return inRange
    ? ok(rate)
    : invalidField(['exchangeRate'], `makes the amounts too large in ${reportingCurrency}`);
}
