import { dayIn } from '../../domain/calendar';
import { minorDigits } from '../../domain/currencies';
import { formatAmount, lineAmount, parseAmount } from '../../domain/money';
import type { OrderDocument, ReadDocument } from './document';
import type { DoneStep, Imported } from './import-document';
import type { ImportPlan } from './plan';
import type { PricedLine } from './pricing';
import type { RejectCount } from './staging';

/** What became of the file of the rejected rows. */
export type RejectsOutcome =
  | 'written'
  /** a file was there, and no row was rejected */
  | 'not needed'
  /** the import ended before its end, so the rows would not be all */
  | 'left: stopped'
  /** a file was there, and nothing was imported: rows that were mended in it would be lost */
  | 'left: nothing imported';

/** What an import did, or would have done. */
export interface ImportReport {
  dryRun: boolean;
  /** it was stopped before the end; running it again goes on */
  interrupted: boolean;
  plan: ImportPlan;
  /** rows of the file, without its header and empty lines */
  rows: number;
  /** orders and credit notes in the file */
  documents: number;
  /** new orders */
  orders: number;
  /** new credit notes */
  creditNotes: number;
  /** lines of the new orders and credit notes */
  lines: number;
  /** documents that were imported before, with the same content */
  alreadyThere: number;
  /** how many orders were paid, shipped ... after they were placed, now or by an earlier import */
  steps: Partial<Record<DoneStep, number>>;
  /** refunds of orders that an earlier import had placed */
  refunds: number;
  /** orders that are no sale by their status, with the id of the first one */
  notSold: { documents: number; reasons: { label: string; documents: number; first: string }[] };
  /** rows that are no part of an order by the rules of the layout */
  skipped: { reason: string; rows: number }[];
  /** documents of which nothing was imported */
  leftOut: number;
  /** documents that were imported without the rows that could not be used; the first ids of them */
  partial: { documents: number; ids: string[] };
  /** all rows that were not imported; reasons count the rows that are one */
  rejected: { rows: number; reasons: RejectCount[] };
  /** undefined where no file was asked for */
  rejectsFile?: RejectsOutcome;
  /** sums of the new orders and credit notes before discounts, as decimal strings */
  gross: { currency: string; orders: string; creditNotes: string }[];
  money: MoneyReport[];
  /** what a dry run would place */
  preview?: Preview;
  seconds: number;
}

/** Sums in one currency, as decimal strings: lines less discounts, with shipping and tax. */
export interface MoneyReport {
  currency: string;
  imported: { orders: string; creditNotes: string };
  alreadyThere: { orders: string; creditNotes: string };
  /** only lines before discounts, as far as they could be read */
  leftOut: { orders: string; creditNotes: string };
}

export interface Preview {
  /** the first documents as they would be placed */
  first: PreviewedDocument[];
  /** `YYYY-MM` in the zone of the import; totals as decimal strings */
  months: { month: string; currency: string; orders: number; creditNotes: number; net: string }[];
}

export interface PreviewedDocument {
  id: string;
  kind: 'order' | 'credit note';
  /** ISO 8601 */
  orderedAt: string;
  customerId: string | null;
  country: string;
  region: string | null;
  currency: string;
  exchangeRate: string | null;
  lines: (Omit<PricedLine, 'of'> & { productId: string; productName: string; category: string })[];
  shipping: string;
  tax: string;
  total: string;
}

interface Sums {
  orders: bigint;
  creditNotes: bigint;
}

type Outcome = 'imported' | 'alreadyThere' | 'leftOut';

const FIRST_DOCUMENTS = 3;
const MOST_IDS = 1_000;

/** Counts the outcomes of all documents. */
export class ImportTally {
  orders = 0;
  creditNotes = 0;
  lines = 0;
  alreadyThere = 0;
  leftOut = 0;
  refunds = 0;
  readonly steps: ImportReport['steps'] = {};
  readonly partial: ImportReport['partial'] = { documents: 0, ids: [] };
  private readonly notSoldBy = new Map<string, { documents: number; first: string }>();
  private readonly money = new Map<string, Record<Outcome, Sums>>();
  private readonly grossOfNew = new Map<string, Sums>();
  private readonly first: { at: number; id: string; preview: PreviewedDocument }[] = [];
  private readonly months = new Map<string, { orders: number; creditNotes: number; net: bigint }>();
  private readonly dayOf: (unixMs: number) => string;

  /** @param timeZone IANA name: the zone of its months */
  constructor(timeZone: string) {
    this.dayOf = dayIn(timeZone);
  }

  submitted(read: ReadDocument, submitted: Imported): void {
    for (const step of submitted.steps) this.steps[step] = (this.steps[step] ?? 0) + 1;
    if (submitted.outcome === 'noSale') {
      const reason = this.notSoldBy.get(submitted.why) ?? { documents: 0, first: read.staged.id };
      this.notSoldBy.set(submitted.why, { ...reason, documents: reason.documents + 1 });
      return;
    }
    if (submitted.outcome === 'refunded') {
      this.refunds++;
      return;
    }
    if (submitted.outcome === 'leftOut') {
      this.leftOut++;
      this.add('leftOut', read.said.currency, read.staged.isCreditNote, readableGross(read));
      return;
    }
    const { document, total } = submitted;
    const { isCreditNote, said, lines } = document;
    if (lines.length > 0 && document.rows.length < read.staged.rows.length) this.tellPartial(document.id);
    if (submitted.outcome === 'alreadyThere') {
      this.alreadyThere++;
      this.add('alreadyThere', said.currency, isCreditNote, BigInt(total));
      return;
    }
    this[isCreditNote ? 'creditNotes' : 'orders']++;
    this.lines += lines.length;
    this.add('imported', said.currency, isCreditNote, BigInt(total));
    const gross = this.grossOfNew.get(said.currency) ?? none();
    this.grossOfNew.set(said.currency, gross);
    gross[isCreditNote ? 'creditNotes' : 'orders'] += grossOf(document);
    this.show(document, total);
    this.addToMonth(document, total);
  }

  notSold(): ImportReport['notSold'] {
    const reasons = [...this.notSoldBy].map(([label, reason]) => ({ label, ...reason }));
    const documents = reasons.reduce((sum, reason) => sum + reason.documents, 0);
    return { documents, reasons: reasons.sort((a, b) => b.documents - a.documents) };
  }

  gross(): ImportReport['gross'] {
    return [...this.grossOfNew].sort().map(([currency, sums]) => ({ currency, ...written(sums, currency) }));
  }

  byCurrency(): MoneyReport[] {
    return [...this.money].sort().map(([currency, { imported, alreadyThere, leftOut }]) => ({
      currency,
      imported: written(imported, currency),
      alreadyThere: written(alreadyThere, currency),
      leftOut: written(leftOut, currency),
    }));
  }

  preview(): Preview {
    return {
      first: this.first.map(({ preview }) => preview),
      months: [...this.months].sort().map(([key, { orders, creditNotes, net }]) => {
        const [month = '', currency = ''] = key.split(' ');
        return { month, currency, orders, creditNotes, net: formatAmount(net, currency) };
      }),
    };
  }

  /** Keeps the first documents of the file's times: commands end in any order. */
  private show(document: OrderDocument, total: number): void {
    const { orderedAt, id } = document;
    const later = this.first.findIndex(
      (other) => orderedAt < other.at || (orderedAt === other.at && id < other.id),
    );
    const at = later < 0 ? this.first.length : later;
    if (at >= FIRST_DOCUMENTS) return;
    this.first.splice(at, 0, { at: orderedAt, id, preview: previewOf(document, total) });
    this.first.length = Math.min(this.first.length, FIRST_DOCUMENTS);
  }

  private tellPartial(id: string): void {
    this.partial.documents++;
    if (this.partial.ids.length < MOST_IDS) this.partial.ids.push(id);
  }

  private add(outcome: Outcome, currency: string, isCreditNote: boolean, amount: bigint): void {
    // Without a known currency there is no amount.
    if (minorDigits(currency) === undefined) return;
    let sums = this.money.get(currency);
    if (sums === undefined) {
      sums = { imported: none(), alreadyThere: none(), leftOut: none() };
      this.money.set(currency, sums);
    }
    sums[outcome][isCreditNote ? 'creditNotes' : 'orders'] += amount;
  }

  private addToMonth({ orderedAt, said, isCreditNote }: OrderDocument, total: number): void {
    const key = `${this.dayOf(orderedAt).slice(0, 7)} ${said.currency}`;
    const month = this.months.get(key) ?? { orders: 0, creditNotes: 0, net: 0n };
    this.months.set(key, month);
    month[isCreditNote ? 'creditNotes' : 'orders']++;
    month.net += BigInt(isCreditNote ? -total : total);
  }
}

const none = (): Sums => ({ orders: 0n, creditNotes: 0n });

const written = ({ orders, creditNotes }: Sums, currency: string) => ({
  orders: formatAmount(orders, currency),
  creditNotes: formatAmount(creditNotes, currency),
});

/** Sum of the lines before discounts in minor units, computed as the command does. */
function grossOf({ said, lines }: OrderDocument): bigint {
  let gross = 0n;
  for (const { unitPrice, quantity } of lines)
    gross += BigInt(lineAmount(unitPrice, quantity, said.currency) ?? 0);
  return gross;
}

function readableGross({ read, said }: ReadDocument): bigint {
  let gross = 0n;
  for (const { line, isDiscount } of read) {
    if (line === undefined || isDiscount) continue;
    const amount =
      line.unitPrice === ''
        ? parseAmount(line.amounts?.line_subtotal || line.amounts?.line_total || '', said.currency)
        : lineAmount(line.unitPrice, line.quantity, said.currency);
    gross += BigInt(Math.abs(amount ?? 0));
  }
  return gross;
}

function previewOf(document: OrderDocument, total: number): PreviewedDocument {
  const { id, isCreditNote, orderedAt, said, rows, lines, shipping, tax } = document;
  return {
    id,
    kind: isCreditNote ? 'credit note' : 'order',
    orderedAt: new Date(orderedAt).toISOString(),
    customerId: said.customer_id || null,
    country: said.country,
    region: said.region || null,
    currency: said.currency,
    exchangeRate: said.exchange_rate || null,
    lines: lines.map(({ of, ...priced }) => {
      const { productId = '', productName = '', category = '' } = rows[of]?.line ?? {};
      return { productId, productName, category, ...priced };
    }),
    shipping: shipping || '0',
    tax: tax || '0',
    total: formatAmount(total, said.currency),
  };
}
