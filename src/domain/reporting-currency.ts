import type { OrderReturnedLine, SalesContext } from './events';
import { convert } from './money';

/**
 * Amounts in the reporting currency. Of each line of an order three running totals are converted: its gross,
 * its net (what is to be paid for it) and what has come back. A posting is a difference of these, so whatever
 * of a line is posted, and however it came back in parts, adds up to nothing once all of it is back or
 * cancelled. Read models, datasets and warehouse all add up lines: that is why sums over categories, places,
 * products, customers and orders agree to the minor unit.
 */

/**
 * Minor units of a document's currency -> minor units of the reporting currency, each amount rounded on its
 * own.
 */
export type ToReporting = (minor: number) => number;

/** What was charged for a line of an order. */
interface SoldLine {
  gross: number;
  discount: number;
}

const asItIs: ToReporting = (minor) => minor;

/** How a document's amounts count in the reporting currency; null where it came without an exchange rate. */
export function toReporting(document: SalesContext, reportingCurrency: string): ToReporting | null {
  const { currency, exchangeRate } = document;
  if (currency === reportingCurrency) return asItIs;
  if (exchangeRate === undefined) return null;
  return (minor) => convert(minor, exchangeRate, currency, reportingCurrency);
}

/** What is to be paid for a line: gross less discount. */
export function netInReporting({ gross, discount }: SoldLine, reporting: ToReporting): number {
  return reporting(gross - discount);
}

/** What a discount takes off: the gross less the net, each converted. */
export function discountInReporting(line: SoldLine, reporting: ToReporting): number {
  return reporting(line.gross) - netInReporting(line, reporting);
}

/** What a return posts for a line: how much the conversion of all that has come back of it grew. */
export function returnedInReporting(
  { returnedBefore, amount }: Pick<OrderReturnedLine, 'returnedBefore' | 'amount'>,
  reporting: ToReporting,
): number {
  return reporting(returnedBefore + amount) - reporting(returnedBefore);
}
