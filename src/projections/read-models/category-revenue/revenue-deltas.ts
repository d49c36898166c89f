import { ExactSum } from '../exact-sum';
import { sortedByKey } from '../sorted-by-key';
import type { PostedLine } from './sales-document';

export const CLOCKS = ['PROCESSED', 'ORDERED'] as const;
export type Clock = (typeof CLOCKS)[number];

/** Sums of one row: a category's, a day's, or a day's of what could not be converted. */
export class Totals {
  readonly gross = new ExactSum();
  readonly discounts = new ExactSum();
  readonly returns = new ExactSum();
  readonly units = new ExactSum();
  readonly unitsReturned = new ExactSum();
  orders = 0;
  documents = 0;
  /** the last document that counted here, so that one with several lines of a category counts once */
  private lastDocument = 0;

  addLine(line: PostedLine): void {
    this.gross.add(line.gross);
    this.discounts.add(line.discounts);
    this.returns.add(line.returns);
    this.units.add(line.units);
    this.unitsReturned.add(line.unitsReturned);
  }

  /** @param serial number of the document within the batch, from 1 */
  countDocument(serial: number, orders: number): void {
    if (this.lastDocument === serial) return;
    this.lastDocument = serial;
    this.documents++;
    this.orders += orders;
  }
}

/** Amounts in their own currency, converted ones, or those that the reporting currency lacks. */
export type LedgerKind = 'own' | 'converted' | 'unconverted';

/** One day of a ledger. */
export interface DayTotals {
  total: Totals;
  categories: Map<string, Totals>;
}

/** What a batch adds to the rows of one currency. */
export class Ledger {
  readonly days: Record<Clock, Map<string, DayTotals>> = { PROCESSED: new Map(), ORDERED: new Map() };

  constructor(
    readonly kind: LedgerKind,
    readonly currency: string,
  ) {}

  post(clock: Clock, day: string, lines: readonly PostedLine[], orders: number, serial: number): void {
    let posted = this.days[clock].get(day);
    if (!posted) {
      posted = { total: new Totals(), categories: new Map() };
      this.days[clock].set(day, posted);
    }
    posted.total.countDocument(serial, orders);
    for (const line of lines) {
      let category = posted.categories.get(line.category);
      if (!category) {
        category = new Totals();
        posted.categories.set(line.category, category);
      }
      category.countDocument(serial, orders);
      category.addLine(line);
      posted.total.addLine(line);
    }
  }
}

/** The ledgers that a batch touches. */
export class Ledgers {
  private readonly byCurrency: Record<LedgerKind, Map<string, Ledger>> = {
    own: new Map(),
    converted: new Map(),
    unconverted: new Map(),
  };

  of(kind: LedgerKind, currency: string): Ledger {
    let ledger = this.byCurrency[kind].get(currency);
    if (!ledger) {
      ledger = new Ledger(kind, currency);
      this.byCurrency[kind].set(currency, ledger);
    }
    return ledger;
  }

  /** By kind and currency, always in the same order. */
  sorted(): Ledger[] {
    return Object.values(this.byCurrency).flatMap((ledgers) =>
      sortedByKey(ledgers).map(([, ledger]) => ledger),
    );
  }
}
