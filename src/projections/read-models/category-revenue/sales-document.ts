import { type SalesEventType, salesRoleOf } from '../../../domain/event-roles';
import {
  discountInReporting,
  returnedInReporting,
  type ToReporting,
} from '../../../domain/reporting-currency';
import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';

/** An event that posts sales: each is one document of the books. */
export type SalesDocument = RecordedEvent<SalesEventType>;

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
    default:
      return unreachable(document);
  }
}

const ORDERS = { places: 1, cancels: -1, returns: 0, credits: 0 } as const;

/** How many orders a document adds to those that count. */
export function ordersOf(document: SalesDocument): -1 | 0 | 1 {
  return ORDERS[salesRoleOf(document.type)];
}

/** When the ORDERED clock posts a document: at the time of its order. Unix milliseconds. */
export function orderedAt(document: SalesDocument): number {
  switch (document.type) {
    case 'OrderPlaced':
      return document.occurredAt;
    case 'OrderCancelled':
    case 'OrderItemsReturned':
      return document.data.orderedAt;
    case 'CreditNoteIssued':
      // It names no order.
      return document.occurredAt;
    default:
      return unreachable(document);
  }
}
