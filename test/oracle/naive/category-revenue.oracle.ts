import { eventsOf, SALES_EVENT_TYPES } from '../../../src/domain/event-roles';
import type { SalesContext } from '../../../src/domain/events';
import { unreachable } from '../../../src/domain/unreachable';
import type { RecordedEvent } from '../../../src/event-store/event';

/** A row of table `category_revenue`, or of `revenue` with category '*', as text. */
export type ExpectedRow = Record<string, string>;

interface Entry {
  day: string;
  category: string;
  document: string;
  sale: SalesContext;
  /**
   * minor units of the order's currency; the whole state of a line, so that it is converted in one rounding
   */
  gross: bigint;
  discounts: bigint;
  returns: bigint;
  units: number;
  unitsReturned: number;
  counts: boolean;
}

const MINOR_DIGITS: Record<string, number> = { GBP: 2, EUR: 2, USD: 2, JPY: 0, KWD: 3 };

/**
 * The ORDERED clock from first principles: it takes each order as it is at the end, on the day when it was
 * placed. A cancelled order is worth nothing, and the returns of a line are one amount. It shares nothing
 * with the fold, which adds postings event by event.
 */
export function orderedRevenue(
  events: readonly RecordedEvent[],
  settings: { reportingCurrency: string; timeZone: string },
): ExpectedRow[] {
  const day = (at: number) => new Date(at).toLocaleDateString('sv-SE', { timeZone: settings.timeZone });
  const entries = new Map<string, Entry[]>();
  for (const event of events.filter(eventsOf(SALES_EVENT_TYPES))) {
    switch (event.type) {
      case 'OrderPlaced':
        entries.set(
          event.stream,
          event.data.lines.map((line) => ({
            day: day(event.occurredAt),
            category: line.category,
            document: event.stream,
            sale: event.data,
            gross: BigInt(line.gross),
            discounts: BigInt(line.discount),
            returns: 0n,
            units: line.quantity,
            unitsReturned: 0,
            counts: true,
          })),
        );
        break;
      case 'OrderItemsReturned':
        for (const line of event.data.lines) {
          const entry = entries.get(event.stream)?.[line.lineNumber - 1];
          if (!entry) throw new Error('a return of nothing');
          entry.returns += BigInt(line.amount);
          entry.unitsReturned += line.quantity;
        }
        break;
      case 'OrderCancelled':
        entries.delete(event.stream);
        break;
      case 'CreditNoteIssued':
        entries.set(
          event.stream,
          event.data.lines.map((line) => ({
            day: day(event.occurredAt),
            category: line.category,
            document: event.stream,
            sale: event.data,
            gross: 0n,
            discounts: 0n,
            returns: BigInt(line.amount),
            units: 0,
            unitsReturned: line.quantity,
            counts: false,
          })),
        );
        break;
      default:
        unreachable(event);
    }
  }
  return sumUp([...entries.values()].flat(), settings.reportingCurrency);
}

interface Group {
  key: ExpectedRow;
  of: Entry[];
  worth: (entry: Entry) => (minor: bigint) => bigint;
}

function sumUp(entries: Entry[], reportingCurrency: string): ExpectedRow[] {
  const groups = new Map<string, Group>();
  const put = (entry: Entry, currency: string, converted: boolean) => {
    for (const category of [entry.category, '*']) {
      const key = { currency, converted: String(converted), day: entry.day, category };
      const id = JSON.stringify(key);
      const worth =
        ({ sale }: Entry) =>
        (minor: bigint) =>
          converted ? exchange(minor, sale.exchangeRate ?? '', sale.currency, currency) : minor;
      const group: Group = groups.get(id) ?? { key, of: [], worth };
      group.of.push(entry);
      groups.set(id, group);
    }
  };
  for (const entry of entries) {
    const { currency, exchangeRate } = entry.sale;
    put(entry, currency, false);
    if (currency !== reportingCurrency && exchangeRate !== undefined) put(entry, reportingCurrency, true);
  }
  return [...groups.values()].map(({ key, of, worth }) => ({
    ...key,
    gross: String(of.reduce((sum, entry) => sum + worth(entry)(entry.gross), 0n)),
    discounts: String(of.reduce((sum, entry) => sum + discountOf(entry, worth(entry)), 0n)),
    returns: String(of.reduce((sum, entry) => sum + worth(entry)(entry.returns), 0n)),
    units: String(of.reduce((sum, entry) => sum + entry.units, 0)),
    units_returned: String(of.reduce((sum, entry) => sum + entry.unitsReturned, 0)),
    orders: String(new Set(of.filter((entry) => entry.counts).map((entry) => entry.document)).size),
  }));
}

/** The discount of a line: its gross less what was to be paid. */
function discountOf({ gross, discounts }: Entry, worth: (minor: bigint) => bigint): bigint {
  return worth(gross) - worth(gross - discounts);
}

/** minor x rate in the other currency's minor units, half up. Amounts here are never negative. */
function exchange(minor: bigint, rate: string, from: string, to: string): bigint {
  const [whole = '', fraction = ''] = rate.split('.');
  const numerator = minor * BigInt(whole + fraction) * 10n ** BigInt(MINOR_DIGITS[to] ?? 0);
  const denominator = 10n ** BigInt(fraction.length + (MINOR_DIGITS[from] ?? 0));
  return (numerator * 2n + denominator) / (denominator * 2n);
}
