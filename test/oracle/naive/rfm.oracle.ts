import { eventsOf, SALES_EVENT_TYPES } from '../../../src/domain/event-roles';
import type { SalesContext } from '../../../src/domain/events';
import { unreachable } from '../../../src/domain/unreachable';
import type { RecordedEvent } from '../../../src/event-store/event';

/** The measures of a customer, with scores, segment and tier. */
export interface ExpectedCustomer {
  customerId: string;
  lastOrderAt: number | null;
  frequency: number;
  monetary: bigint;
  unconverted: number;
}

export interface ExpectedMove {
  position: string;
  customer_id: string;
  from_segment: string | null;
  to_segment: string | null;
  from_tier: string | null;
  to_tier: string | null;
  cause: string;
  document_id: string;
  occurred_at: Date;
}

interface Document {
  sale: SalesContext;
  /** valid orders; null for a credit note */
  orderedAt: number | null;
  /** for each line, what was to be paid and what came back, each converted in one rounding */
  lines: { gross: bigint; discount: bigint; returned: bigint }[];
}

const MINOR_DIGITS: Record<string, number> = { GBP: 2, EUR: 2, USD: 2, JPY: 0, KWD: 3 };

const GRID = [
  "Hibernating, Hibernating, At Risk, At Risk, Can't Lose",
  "Hibernating, Hibernating, At Risk, At Risk, Can't Lose",
  'About To Sleep, About To Sleep, Need Attention, Loyal, Loyal',
  'Promising, Potential Loyalist, Potential Loyalist, Loyal, Loyal',
  'New, Potential Loyalist, Potential Loyalist, Champions, Champions',
].map((row) => row.split(', '));

/** Every customer from first principles: the sums over the documents as they are at the end. */
export function expectedCustomers(events: readonly RecordedEvent[], reporting: string): ExpectedCustomer[] {
  const documents = new Map<string, Document>();
  const named = new Set<string>();
  for (const event of events) {
    const { data } = event;
    if ('lines' in data && data.customerId !== null) named.add(data.customerId);
    post(documents, event);
  }
  return [...named].map((customerId) => {
    const own = [...documents.values()].filter(({ sale }) => sale.customerId === customerId);
    const times = own.flatMap(({ orderedAt }) => (orderedAt === null ? [] : [orderedAt]));
    const converted = own.filter(({ sale }) => sale.currency === reporting || sale.exchangeRate);
    return {
      customerId,
      lastOrderAt: times.length > 0 ? Math.max(...times) : null,
      frequency: times.length,
      monetary: converted.reduce((sum, document) => sum + net(document, reporting), 0n),
      unconverted: own.length - converted.length,
    };
  });
}

/** The moves, found by scoring all customers before and after every event. */
export function expectedMoves(events: readonly RecordedEvent[], reporting: string): ExpectedMove[] {
  const moves: ExpectedMove[] = [];
  let before = new Map<string, Named>();
  events.forEach((event, index) => {
    const after = names(expectedCustomers(events.slice(0, index + 1), reporting));
    const { data } = event;
    if ('lines' in data && data.customerId !== null) {
      const [was, is] = [before.get(data.customerId), after.get(data.customerId)];
      if (was?.segment !== is?.segment || was?.tier !== is?.tier) {
        moves.push({
          position: event.position,
          customer_id: data.customerId,
          from_segment: was?.segment ?? null,
          to_segment: is?.segment ?? null,
          from_tier: was?.tier ?? null,
          to_tier: is?.tier ?? null,
          cause: event.type,
          document_id: 'creditNoteId' in data ? data.creditNoteId : data.orderId,
          occurred_at: new Date(event.occurredAt),
        });
      }
    }
    before = after;
  });
  return moves;
}

type Named = { segment: string | undefined; tier: string | undefined };

function names(customers: ExpectedCustomer[]): Map<string, Named> {
  const population = customers.filter(({ frequency }) => frequency > 0);
  const recency = deal(population, 5, (one) => BigInt(one.lastOrderAt ?? 0));
  const frequency = deal(population, 5, (one) => BigInt(one.frequency));
  const tier = deal(population, 3, (one) => -one.monetary);
  return new Map(
    population.map(({ customerId: id }) => [
      id,
      {
        segment: GRID[recency.get(id) ?? -1]?.[frequency.get(id) ?? -1],
        tier: ['VIP', 'GOLD', 'SILVER'][tier.get(id) ?? -1],
      },
    ]),
  );
}

/**
 * Sorts and divides into buckets 0 .. n-1. Where the population does not divide evenly, the first buckets are
 * larger by one.
 */
function deal(
  population: ExpectedCustomer[],
  buckets: number,
  keyOf: (one: ExpectedCustomer) => bigint,
): Map<string, number> {
  const sorted = [...population].sort((a, b) => {
    if (keyOf(a) !== keyOf(b)) return keyOf(a) < keyOf(b) ? -1 : 1;
    return Buffer.compare(Buffer.from(a.customerId), Buffer.from(b.customerId));
  });
  const dealt = new Map<string, number>();
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const share = Math.ceil(sorted.length / (buckets - bucket));
    for (const one of sorted.splice(0, share)) dealt.set(one.customerId, bucket);
  }
  return dealt;
}

const postsSales = eventsOf(SALES_EVENT_TYPES);

function post(documents: Map<string, Document>, event: RecordedEvent): void {
  if (!postsSales(event)) return;
  switch (event.type) {
    case 'OrderPlaced':
      documents.set(event.stream, {
        sale: event.data,
        orderedAt: event.occurredAt,
        lines: event.data.lines.map(({ gross, discount }) => ({
          gross: BigInt(gross),
          discount: BigInt(discount),
          returned: 0n,
        })),
      });
      break;
    case 'OrderItemsReturned':
      for (const { lineNumber, amount } of event.data.lines) {
        const line = documents.get(event.stream)?.lines[lineNumber - 1];
        if (line) line.returned += BigInt(amount);
      }
      break;
    case 'OrderCancelled':
      documents.delete(event.stream);
      break;
    case 'CreditNoteIssued':
      documents.set(event.stream, {
        sale: event.data,
        orderedAt: null,
        lines: event.data.lines.map(({ amount }) => ({ gross: 0n, discount: 0n, returned: BigInt(amount) })),
      });
      break;
    default:
      unreachable(event);
  }
}

function net({ sale, lines }: Document, reporting: string): bigint {
  const inReporting = (minor: bigint) => convert(minor, sale, reporting);
  return lines.reduce(
    (sum, line) => sum + inReporting(line.gross - line.discount) - inReporting(line.returned),
    0n,
  );
}

/** minor x rate, from minor units to minor units, half up. Amounts here are not negative. */
function convert(minor: bigint, { currency, exchangeRate = '1' }: SalesContext, reporting: string): bigint {
  if (currency === reporting) return minor;
  const [whole = '', fraction = ''] = exchangeRate.split('.');
  const rate = BigInt(whole + fraction);
  const numerator = minor * rate * 10n ** BigInt(MINOR_DIGITS[reporting] ?? 2);
  const denominator = 10n ** BigInt(fraction.length + (MINOR_DIGITS[currency] ?? 2));
  return (2n * numerator + denominator) / (2n * denominator);
}
