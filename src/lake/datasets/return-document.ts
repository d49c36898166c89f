import { salesEventTypes } from '../../domain/event-roles';
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
