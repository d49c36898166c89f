import { unreachable } from '../../../domain/unreachable';
import type { RecordedEvent } from '../../../event-store/event';
import type { RETURN_EVENT_TYPES } from '../../../lake/datasets/return-document';

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
