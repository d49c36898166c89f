import {
  discountInReporting,
  returnedInReporting,
  type ToReporting,
} from '../../../domain/reporting-currency';
import type { RecordedEvent } from '../../../event-store/event';

/** An event that posts sales: each is one document of the books. */
export type SalesDocument = RecordedEvent<
  'OrderPlaced' | 'OrderCancelled' | 'OrderItemsReturned' | 'CreditNoteIssued'
>;

/** What a document adds to its category. Amounts are minor units; negative where it takes back. */
export interface PostedLine {
  category: string;
  gross: number;
  discounts: number;
  returns: number;
  units: number;
  unitsReturned: number;
}

/** The lines of a document, with every amount passed through `amount`. */
export function postedLines(document: SalesDocument, amount: ToReporting): PostedLine[] {
  switch (document.type) {
    case 'OrderPlaced':
      return document.data.lines.map((line) => ({
        category: line.category,
        gross: amount(line.gross),
        discounts: discountInReporting(line, amount),
        returns: 0,
        units: line.quantity,
        unitsReturned: 0,
      }));
    case 'OrderCancelled':
      return document.data.lines.map((line) => ({
        category: line.category,
        gross: -amount(line.gross),
        discounts: -discountInReporting(line, amount),
        returns: -amount(line.returned),
        units: -line.quantity,
        unitsReturned: -line.returnedQuantity,
      }));
    case 'OrderItemsReturned':
      return document.data.lines.map((line) => ({
        category: line.category,
        gross: 0,
        discounts: 0,
        returns: returnedInReporting(line, amount),
        units: 0,
        unitsReturned: line.quantity,
      }));
    case 'CreditNoteIssued':
      return document.data.lines.map((line) => ({
        category: line.category,
        gross: 0,
        discounts: 0,
        returns: amount(line.amount),
        units: 0,
        unitsReturned: line.quantity,
      }));
  }
}

/** How many orders a document adds to those that count. */
export function ordersOf(document: SalesDocument): -1 | 0 | 1 {
  if (document.type === 'OrderPlaced') return 1;
  return document.type === 'OrderCancelled' ? -1 : 0;
}

/**
 * The time that the ORDERED clock posts a document at: its order's, or its own where it names none. Unix
 * milliseconds.
 */
export function orderedAt(document: SalesDocument): number {
  return 'orderedAt' in document.data ? document.data.orderedAt : document.occurredAt;
}
