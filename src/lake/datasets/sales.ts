import type { SalesContext, StoreConfigured } from '../../domain/events';
import { type ToReporting, toReporting } from '../../domain/reporting-currency';
import { BadRowError } from './dataset';
import { amountOf, rateOf } from './values';

/** Rate of a document as an unscaled decimal, null where it came without one. */
export const rateColumn = ({ exchangeRate }: SalesContext): number | bigint | null =>
  exchangeRate === undefined ? null : rateOf(exchangeRate);

/**
 * Amounts of a document in the reporting currency, as unscaled decimals; null where it came without an
 * exchange rate. The function throws a BadRowError where the rate takes an amount out of the range of
 * amounts.
 */
export function inReporting(
  document: SalesContext,
  { reportingCurrency }: StoreConfigured,
): (amount: (reporting: ToReporting) => number) => number | bigint | null {
  const reporting = toReporting(document, reportingCurrency);
  return (amount) => {
    if (reporting === null) return null;
    try {
      return amountOf(amount(reporting), reportingCurrency);
    } catch (error) {
      if (error instanceof RangeError) throw new BadRowError(error.message);
      throw error;
    }
  };
}

/**
 * What every row of sales rests on. The store appends its settings before anything else.
 * @throws BadRowError when they are missing
 */
export function configured(settings: StoreConfigured | undefined): StoreConfigured {
  if (settings === undefined) throw new BadRowError('the store was not configured before this event');
  return settings;
}
