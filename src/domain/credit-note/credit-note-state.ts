import type { Occurred } from '../decider';
import { eventsOf, streamEventTypes } from '../event-roles';
import { unreachable } from '../unreachable';

export interface CreditNoteState {
  creditNoteId: string;
  customerId: string | null;
  /** lines, shipping and tax, in minor units of `currency` */
  total: number;
  currency: string;
}

const isCreditNoteEvent = eventsOf(streamEventTypes('creditNote'));

/** Events of other streams leave the credit note as it is. */
export function evolveCreditNote(
  state: CreditNoteState | undefined,
  event: Occurred,
): CreditNoteState | undefined {
  if (!isCreditNoteEvent(event)) return state;
  switch (event.type) {
    case 'CreditNoteIssued': {
      const { creditNoteId, customerId, amount, shipping = 0, tax = 0, currency } = event.data;
      return { creditNoteId, customerId, total: amount + shipping + tax, currency };
    }
    default:
      return unreachable(event);
  }
}
