import type { OrderReturnedLine, SalesContext } from './events';
import { convert } from './money';

/** Minor units of a document's currency -> minor units of the reporting currency. Each amount is rounded on its own. */
export type ToReporting = (minor: number) => number;

const asItIs: ToReporting = (minor) => minor;

/** How a document's amounts count in the reporting currency; null where it came without an exchange rate. */
export function toReporting(document: SalesContext, reportingCurrency: string): ToReporting | null {
  const { currency, exchangeRate } = document;
  if (currency === reportingCurrency) return asItIs;
  if (exchangeRate === undefined) return null;
  return (minor) => convert(minor, exchangeRate, currency, reportingCurrency);
}

/**
 * What a return posts for a line. All returns of a line add up to the conversion of their sum, so a cancellation, which
 * knows that sum only, reverses to the minor unit what they posted.
 */
export function returnedInReporting(line: OrderReturnedLine, reporting: ToReporting): number {
  return reporting(line.returnedBefore + line.amount) - reporting(line.returnedBefore);
}
