import type { SalesContext, StoreConfigured } from '../../../domain/events';
import { type ToReporting, toReporting } from '../../../domain/reporting-currency';
import { BadRowError } from './bad-row-error';
import { amountOf, rateOf } from './values';

/** Exchange rate of a document as an unscaled decimal; null for a document without one. */
export const rateColumn = ({ exchangeRate }: SalesContext): number | bigint | null =>
  exchangeRate === undefined ? null : rateOf(exchangeRate);

/**
 * Makes the function that converts amounts of a document into the reporting currency, as unscaled decimals.
 * It gives null for a document without an exchange rate, and throws a BadRowError when the result is too
 * large.
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
 * The settings, which every row of sales needs. The store appends them before anything else.
 * @throws BadRowError when there are none
 */
export function configured(settings: StoreConfigured | undefined): StoreConfigured {
  if (settings === undefined) throw new BadRowError('the store was not configured before this event');
  return settings;
}
