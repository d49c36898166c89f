import {
  decideIssueCreditNote,
  type IssueCreditNoteCommand,
} from '../domain/credit-note/decide-issue-credit-note';
import { creditNotes } from './aggregates';
import { defineCommand } from './handle';
import { normaliseSalesLine, type SalesLineInput } from './sales-line';

/** A return that names no order. Prices are decimal strings in `currency`; quantities are above zero. */
export interface IssueCreditNote {
  idempotencyKey: string;
  creditNoteId: string;
  /** null or absent: a guest */
  customerId?: string | null;
  country: string;
  region?: string | null;
  /** ISO 4217 */
  currency: string;
  /** decimal string: reporting units for one unit of `currency` */
  exchangeRate?: string | null;
  reason?: string | null;
  /** Unix milliseconds; now when absent */
  occurredAt?: number | null;
  lines: SalesLineInput[];
  /** decimal strings in `currency`: what is given back of shipping and tax; nothing when absent */
  shipping?: string | null;
  tax?: string | null;
}

export const issueCreditNote = defineCommand({
  name: 'IssueCreditNote',
  aggregate: creditNotes,
  begins: true,
  normalise(input: IssueCreditNote, check): IssueCreditNoteCommand {
    const currency = check.currency('currency', input.currency);
    return {
      creditNoteId: check.id('creditNoteId', input.creditNoteId),
      customerId: check.optionalId('customerId', input.customerId),
      country: check.name('country', input.country),
      region: check.optionalName('region', input.region),
      currency,
      exchangeRate: check.exchangeRate('exchangeRate', input.exchangeRate),
      reason: check.reason('reason', input.reason),
      // Digests of keys that are in the log already are of this name.
      issuedAt: check.optionalTime('occurredAt', input.occurredAt),
      lines: check.each('lines', input.lines, (line) => normaliseSalesLine(check, line, currency)),
      // Nothing is left out, so that it is the same request as one that says nothing.
      shipping: check.optionalAmount('shipping', input.shipping, currency) || undefined,
      tax: check.optionalAmount('tax', input.tax, currency) || undefined,
    };
  },
  id: (command) => command.creditNoteId,
  salesCurrency: (command) => command.currency,
  decide: decideIssueCreditNote,
});
