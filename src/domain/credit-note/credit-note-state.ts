import type { Occurred } from '../decider';

export interface CreditNoteState {
  creditNoteId: string;
  customerId: string | null;
  /** lines, shipping and tax, in minor units of `currency` */
  total: number;
  currency: string;
}

export function evolveCreditNote(
  state: CreditNoteState | undefined,
  event: Occurred,
): CreditNoteState | undefined {
  if (event.type !== 'CreditNoteIssued') return state;
  const { creditNoteId, customerId, amount, shipping = 0, tax = 0, currency } = event.data;
  return { creditNoteId, customerId, total: amount + shipping + tax, currency };
}
