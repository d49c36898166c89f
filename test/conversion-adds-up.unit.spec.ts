import fc from 'fast-check';
import type { Occurred } from '../src/domain/decider';
import { decideCancelOrder } from '../src/domain/order/decide-cancel-order';
import { decidePlaceOrder, type OrderedLine } from '../src/domain/order/decide-place-order';
import { decideReturnItems } from '../src/domain/order/decide-return-items';
import { evolveOrder, type OrderState } from '../src/domain/order/order-state';
import { toReporting } from '../src/domain/reporting-currency';
import type { RecordedEvent } from '../src/event-store/event';
import type { Dataset } from '../src/lake/datasets/dataset';
import { orderLines } from '../src/lake/datasets/order-lines.dataset';
import { returns } from '../src/lake/datasets/returns.dataset';
import {
  postedLines,
  type SalesDocument,
} from '../src/projections/read-models/category-revenue/sales-document';
import { isCustomerDocument, netSales } from '../src/projections/read-models/rfm/customer-document';
import { rowsOfEvent } from '../src/warehouse/verify/rows/rows-of-event';
import { eventsOf, NOW } from './support/given-when-then';
import { orderedLine, placeOrderCommand } from './support/orders';

/** By the digits of their minor units: none, two, three and four. */
const CURRENCIES = ['JPY', 'USD', 'KWD', 'CLF'];
const MINOR_DIGITS: Record<string, number> = { EUR: 2, GBP: 2, JPY: 0, USD: 2, KWD: 3, CLF: 4 };

const inTenThousandths = (price: number) =>
  `${Math.floor(price / 10_000)}.${String(price % 10_000).padStart(4, '0')}`;

const shop = fc.record({
  currency: fc.constantFrom(...CURRENCIES),
  reportingCurrency: fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
  exchangeRate: fc.oneof(
    fc.constantFrom('0.0061', '0.5', '1', '0.8537', '2.6', '163.25', '0.0000000001'),
    fc.integer({ min: 1, max: 10 ** 9 }).map((rate) => inTenThousandths(rate)),
  ),
  lines: fc.array(
    fc.record({
      productId: fc.constantFrom('A', 'B'),
      category: fc.constantFrom('Books', 'Toys'),
      price: fc.integer({ min: 0, max: 10 ** 8 }),
      quantity: fc.integer({ min: 1, max: 9 }),
      discount: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  /** units of both products that each return brings back */
  parts: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
  end: fc.constantFrom('returned', 'cancelled'),
});

type Shop = typeof shop extends fc.Arbitrary<infer S> ? S : never;

/** An order that came back in parts, and then whole: the rest was returned, or all of it cancelled. */
function lifeOf({ currency, reportingCurrency, exchangeRate, lines, parts, end }: Shop): RecordedEvent[] {
  const ordered = lines.map(({ productId, category, price, quantity, discount }): OrderedLine => {
    const line = orderedLine({ productId, category, unitPrice: inTenThousandths(price), quantity });
    const minor = Math.floor((price * quantity * 10 ** (MINOR_DIGITS[currency] ?? 0)) / 10_000);
    return { ...line, discount: Math.floor((minor * discount) / 100) };
  });
  const rate = currency === reportingCurrency ? undefined : exchangeRate;
  const command = placeOrderCommand({ currency, exchangeRate: rate, lines: ordered });
  const facts = { now: NOW, reportingCurrency };
  const events: Occurred[] = eventsOf(decidePlaceOrder(command, undefined, facts));
  const state = () => events.reduce(evolveOrder, undefined as OrderState | undefined);
  const giveBack = (most: number) => {
    const left = unitsLeft(state());
    const wanted = [...left].map(([productId, units]) => ({ productId, quantity: Math.min(units, most) }));
    const some = wanted.filter(({ quantity }) => quantity > 0);
    if (some.length > 0)
      events.push(...eventsOf(decideReturnItems({ orderId: 'O1', lines: some }, state(), facts)));
  };
  for (const part of parts) giveBack(part);
  if (end === 'returned') giveBack(Number.POSITIVE_INFINITY);
  else events.push(...eventsOf(decideCancelOrder({ orderId: 'O1' }, state(), facts)));
  return events.map((event, index) => recorded(event, index));
}

function unitsLeft(order: OrderState | undefined): Map<string, number> {
  const left = new Map<string, number>();
  for (const { productId, lineNumber, quantity } of order?.lines ?? []) {
    const back = order?.lineReturns.get(lineNumber)?.quantity ?? 0;
    left.set(productId, (left.get(productId) ?? 0) + quantity - back);
  }
  return left;
}

function recorded(event: Occurred, index: number): RecordedEvent {
  const metadata = { schemaVersion: 1, correlationId: 'c', causationId: 'c' };
  const place = { id: String(index), stream: 'order-O1', revision: index, position: String(index) };
  return { ...event, ...place, recordedAt: event.occurredAt, metadata };
}

interface Worth {
  gross: bigint;
  discounts: bigint;
  returns: bigint;
  /** what came back less what was to be paid */
  net: bigint;
}

/** What category revenue posts, over all categories. */
function inCategoryRevenue(events: readonly RecordedEvent[], reportingCurrency: string): Worth {
  const sum = { gross: 0n, discounts: 0n, returns: 0n };
  for (const event of events as SalesDocument[]) {
    const reporting = toReporting(event.data, reportingCurrency);
    if (reporting === null) throw new Error('the order has a rate');
    for (const line of postedLines(event, reporting)) {
      sum.gross += BigInt(line.gross);
      sum.discounts += BigInt(line.discounts);
      sum.returns += BigInt(line.returns);
    }
  }
  return { ...sum, net: sum.gross - sum.discounts - sum.returns };
}

function inRfm(events: readonly RecordedEvent[], reportingCurrency: string): bigint {
  return events
    .filter(isCustomerDocument)
    .reduce((sum, event) => sum + BigInt(netSales(event, reportingCurrency) ?? 0), 0n);
}

/** What the lake has of an order that was not cancelled, in minor units. */
function inDatasets(events: readonly RecordedEvent[], reportingCurrency: string): Worth {
  const settings = { reportingCurrency, timeZone: 'UTC' };
  const unit = 10n ** BigInt(4 - (MINOR_DIGITS[reportingCurrency] ?? 0));
  const total = (dataset: Dataset, column: string) =>
    events
      .flatMap((event) => rowsOfEvent(dataset, event, settings))
      .reduce((sum, row) => sum + BigInt(row[column] as number | bigint), 0n) / unit;
  const back = total(returns, 'amount_reporting');
  return {
    gross: total(orderLines, 'gross_reporting'),
    discounts: total(orderLines, 'discount_reporting'),
    returns: back,
    net: total(orderLines, 'net_reporting') - back,
  };
}

const RUNS = { numRuns: 400 };

describe('an order in another currency', () => {
  it('adds up to nothing in the reporting currency, in category revenue and RFM, when all came back', () => {
    fc.assert(
      fc.property(shop, (life) => {
        const events = lifeOf(life);
        expect(inCategoryRevenue(events, life.reportingCurrency).net).toBe(0n);
        expect(inRfm(events, life.reportingCurrency)).toBe(0n);
      }),
      RUNS,
    );
  });

  it('is worth the same in category revenue, RFM and the lake after each of its events', () => {
    fc.assert(
      fc.property(shop, (life) => {
        const events = lifeOf(life).filter(({ type }) => type !== 'OrderCancelled');
        for (const [index] of events.entries()) {
          const happened = events.slice(0, index + 1);
          const worth = inCategoryRevenue(happened, life.reportingCurrency);
          expect(inDatasets(happened, life.reportingCurrency)).toEqual(worth);
          expect(inRfm(happened, life.reportingCurrency)).toBe(worth.net);
          for (const amount of [worth.gross, worth.discounts, worth.returns, worth.net])
            expect(amount >= 0n).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('of JPY 100 less 50 at 0.0061 that is returned whole is worth 0.00 EUR, not -0.01', () => {
    const life: Shop = {
      currency: 'JPY',
      reportingCurrency: 'EUR',
      exchangeRate: '0.0061',
      lines: [{ productId: 'A', category: 'Toys', price: 1_000_000, quantity: 1, discount: 50 }],
      parts: [],
      end: 'returned',
    };
    const worth = { gross: 61n, discounts: 30n, returns: 31n, net: 0n };
    expect(inCategoryRevenue(lifeOf(life), 'EUR')).toEqual(worth);
    expect(inDatasets(lifeOf(life), 'EUR')).toEqual(worth);
    expect(inRfm(lifeOf(life), 'EUR')).toBe(0n);
  });
});
