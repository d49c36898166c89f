import { ExactSum } from '../exact-sum';
import { sortedByKey } from '../sorted-by-key';
import type { PostedLine } from './sales-document';

export type Clock = 'PROCESSED' | 'ORDERED';

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

/** What a batch adds to one clock's rows of one currency. */
export class Ledger {
  readonly days = new Map<string, { total: Totals; categories: Map<string, Totals> }>();

  constructor(
    readonly clock: Clock,
    readonly currency: string,
    readonly kind: LedgerKind,
  ) {}

  post(day: string, lines: readonly PostedLine[], orders: number, serial: number): void {
    let posted = this.days.get(day);
    if (!posted) {
      posted = { total: new Totals(), categories: new Map() };
      this.days.set(day, posted);
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

/** Amounts in their own currency, converted ones, or those that the reporting currency lacks. */
export type LedgerKind = 'own' | 'converted' | 'unconverted';

/** The ledgers that a batch touches. */
export class Ledgers {
  private readonly byKey = new Map<string, Ledger>();

  of(clock: Clock, currency: string, kind: LedgerKind): Ledger {
    const key = `${clock} ${currency} ${kind}`;
    let ledger = this.byKey.get(key);
    if (!ledger) {
      ledger = new Ledger(clock, currency, kind);
      this.byKey.set(key, ledger);
    }
    return ledger;
  }

  sorted(): Ledger[] {
    return sortedByKey(this.byKey).map(([, ledger]) => ledger);
  }
}
