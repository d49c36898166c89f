import type { OrderReturnedLine, SalesContext } from './events';
import { convert } from './money';

/**
 * Amounts in the reporting currency. Three running totals of each order line are converted: its gross, its
 * net (what is to be paid for it) and its returns. A posting is a difference of two such totals. So the
 * postings of a line add up to zero once all of it is returned or cancelled, in however many parts. Read
 * models, datasets and warehouse all add up lines, so their sums agree to the minor unit.
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
