import type { RecordedEvent } from '../../event-store/event';

export type ReturnEvent = RecordedEvent<'OrderItemsReturned' | 'CreditNoteIssued'>;

/** What a return or credit note is called, and the order that it is about. */
export interface ReturnDocument {
  documentId: string;
  /** null for a credit note */
  orderId: string | null;
  orderedAt: number | null;
}

export function documentOf(event: ReturnEvent): ReturnDocument {
  if (event.type === 'CreditNoteIssued') {
    return { documentId: event.data.creditNoteId, orderId: null, orderedAt: null };
  }
  const { orderId, orderedAt } = event.data;
  return { documentId: `${orderId}/${event.revision}`, orderId, orderedAt };
}
