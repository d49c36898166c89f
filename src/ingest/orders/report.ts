import { formatAmount } from '../../domain/money';
import type { OrderDocument } from './document';
import type { DocumentHeader } from './line';
import type { RejectCount } from './staging';
import type { Submitted } from './submit';

/** What an import did, or would have done. */
export interface ImportReport {
  dryRun: boolean;
  /** it was stopped before the end; running it again goes on */
  interrupted: boolean;
  /** rows of the file, without its header and empty lines */
  rows: number;
  /** orders and credit notes in the file that have a usable row */
  documents: number;
  /** new orders */
  orders: number;
  /** new credit notes */
  creditNotes: number;
  /** rows of the new orders and credit notes */
  lines: number;
  /** documents that were imported before, with the same content */
  alreadyThere: number;
  rejected: { rows: number; reasons: RejectCount[] };
  /** by field of a document, how many documents have rows that disagree on it; the first row counts */
  differing: Partial<Record<keyof DocumentHeader, number>>;
  /** sums of the new orders and credit notes before discounts, as decimal strings */
  gross: { currency: string; orders: string; creditNotes: string }[];
  /** headers of the file that were not read */
  ignoredColumns: string[];
  seconds: number;
}

/** Counts the outcomes of all documents. */
export class ImportTally {
  orders = 0;
  creditNotes = 0;
  lines = 0;
  alreadyThere = 0;
  readonly differing: ImportReport['differing'] = {};
  private readonly grossByCurrency = new Map<string, { orders: bigint; creditNotes: bigint }>();

  differs({ differing }: OrderDocument): void {
    for (const field of differing) this.differing[field] = (this.differing[field] ?? 0) + 1;
  }

  submitted({ outcome, document, gross }: Submitted): void {
    if (outcome === 'alreadyThere') this.alreadyThere++;
    if (outcome !== 'new') return;
    const { isCreditNote, header, lines } = document;
    const sums = this.grossByCurrency.get(header.currency) ?? { orders: 0n, creditNotes: 0n };
    this.grossByCurrency.set(header.currency, sums);
    sums[isCreditNote ? 'creditNotes' : 'orders'] += gross;
    this[isCreditNote ? 'creditNotes' : 'orders']++;
    this.lines += lines.length;
  }

  gross(): ImportReport['gross'] {
    return [...this.grossByCurrency].sort().map(([currency, { orders, creditNotes }]) => ({
      currency,
      orders: formatAmount(orders, currency),
      creditNotes: formatAmount(creditNotes, currency),
    }));
  }
}
