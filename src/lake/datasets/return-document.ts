import { salesEventTypes } from '../../domain/event-roles';
import { unreachable } from '../../domain/unreachable';
import type { RecordedEvent } from '../../event-store/event';
import { envelope } from './sql/envelope';
import { byType } from './sql/expression';
import { fieldsOf, joined } from './sql/values';

/** The documents that give money back. A cancellation is a row of `orders`. */
export const RETURN_EVENT_TYPES = salesEventTypes({
  places: false,
  cancels: false,
  returns: true,
  credits: true,
});

/** The id of a return or credit note; a return has none of its own. */
export const documentId = byType<(typeof RETURN_EVENT_TYPES)[number]>({
  OrderItemsReturned: joined(fieldsOf(['OrderItemsReturned']).text('orderId'), '/', envelope.revision),
  CreditNoteIssued: fieldsOf(['CreditNoteIssued']).text('creditNoteId'),
});

export type ReturnEvent = RecordedEvent<(typeof RETURN_EVENT_TYPES)[number]>;

/** The id of a return or credit note, and the order that it is about. */
export interface ReturnDocument {
  documentId: string;
  /** null for a credit note */
  orderId: string | null;
  orderedAt: number | null;
}

export function documentOf(event: ReturnEvent): ReturnDocument {
  switch (event.type) {
    case 'CreditNoteIssued':
      return { documentId: event.data.creditNoteId, orderId: null, orderedAt: null };
    case 'OrderItemsReturned': {
      const { orderId, orderedAt } = event.data;
      return { documentId: `${orderId}/${event.revision}`, orderId, orderedAt };
    }
    default:
      return unreachable(event);
  }
}
