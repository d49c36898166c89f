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
  issuedAt?: number | null;
  lines: SalesLineInput[];
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
      country: check.text('country', input.country),
      region: check.optionalText('region', input.region),
      currency,
      exchangeRate: check.exchangeRate('exchangeRate', input.exchangeRate),
      reason: check.reason('reason', input.reason),
      issuedAt: check.optionalTime('issuedAt', input.issuedAt),
      lines: check.each('lines', input.lines, (line) => normaliseSalesLine(check, line, currency)),
    };
  },
  id: (command) => command.creditNoteId,
  salesCurrency: (command) => command.currency,
  decide: decideIssueCreditNote,
});
