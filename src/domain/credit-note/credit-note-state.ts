import type { Occurred } from '../decider';

export interface CreditNoteState {
  creditNoteId: string;
  customerId: string | null;
  /** minor units of `currency` */
  amount: number;
  currency: string;
}

export function evolveCreditNote(
  state: CreditNoteState | undefined,
  event: Occurred,
): CreditNoteState | undefined {
  if (event.type !== 'CreditNoteIssued') return state;
  const { creditNoteId, customerId, amount, currency } = event.data;
  return { creditNoteId, customerId, amount, currency };
}
