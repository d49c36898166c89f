import fc from 'fast-check';
import { type EventLog, eventLog, type LineToPlace, type OrderToPlace } from './events';

const HOUR = 3_600_000;

interface Settings {
  reportingCurrency: string;
  timeZone: string;
}

interface Pace {
  /** how many things happen at most; default 60 */
  steps?: number;
  /** hours from one thing to the next, of which one is drawn; below zero: it happened before the last one */
  hours?: readonly number[];
  /** null: a guest */
  customerIds?: readonly (string | null)[];
}

const CUSTOMERS = [null, 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7'];

/**
 * What an order, or a credit note, was sold in: with and without a rate, with two, none and three minor
 * digits.
 */
const sale = (customerIds: readonly (string | null)[]) =>
  fc.record({
    money: fc.constantFrom(
      { currency: 'GBP' },
      { currency: 'EUR', exchangeRate: '0.8537' },
      { currency: 'EUR' },
      { currency: 'JPY', exchangeRate: '0.00513' },
      { currency: 'KWD', exchangeRate: '2.6' },
    ),
    customerId: fc.constantFrom(...customerIds),
    place: fc.constantFrom({ country: 'GB', region: null }, { country: 'DE', region: 'Bayern' }),
  });

const line: fc.Arbitrary<LineToPlace> = fc
  .record({
    productId: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
    category: fc.constantFrom('Books', 'Toys', 'Garden', 'Ünïcode 📚'),
    price: fc.integer({ min: 0, max: 100_000 }),
    quantity: fc.integer({ min: 1, max: 9 }),
    discountShare: fc.constantFrom(0, 0, 0.1, 0.333, 1),
  })
  .map(({ discountShare, ...rest }) => ({
    ...rest,
    discount: Math.floor(rest.price * rest.quantity * discountShare),
  }));

const lines = fc.array(line, { minLength: 1, maxLength: 4 });

/**
 * One step of the shop; `order` picks one of the orders placed so far, and a step that it does not allow is
 * left out.
 */
const step = (customerIds: readonly (string | null)[]) => {
  const what = { sale: sale(customerIds), lines };
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('place' as const), ...what }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('creditNote' as const), ...what }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom('pay' as const, 'ship' as const, 'deliver' as const),
        order: fc.nat(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('return' as const),
        order: fc.nat(),
        share: fc.constantFrom(0.3, 0.5, 1),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), order: fc.nat() }) },
  );
};

type Step = { hours: number } & (ReturnType<typeof step> extends fc.Arbitrary<infer S> ? S : never);

/**
 * Logs of random orders that are placed, paid, returned in parts and cancelled, with credit notes between
 * them.
 */
export function lifecycles(
  settings: Settings,
  { steps = 60, hours = [0, 1, 7, 25], customerIds = CUSTOMERS }: Pace = {},
): fc.Arbitrary<EventLog> {
  const timed = fc
    .tuple(fc.constantFrom(...hours), step(customerIds))
    .map(([passed, what]) => ({ ...what, hours: passed }));
  return fc.array(timed, { minLength: 1, maxLength: steps, size: 'max' }).map((taken) => {
    const shop = new Shop(settings);
    for (const each of taken) shop.take(each);
    return shop.log;
  });
}

const TAX = 99;

class Shop {
  readonly log: EventLog;
  private readonly open: { orderId: string; left: number[] }[] = [];
  private at = Date.UTC(2024, 1, 26, 3, 30);

  constructor(settings: Settings) {
    this.log = eventLog(settings);
  }

  take(taken: Step): void {
    this.at += taken.hours * HOUR;
    const { at } = this;
    if (taken.kind === 'place' || taken.kind === 'creditNote') {
      const { money, place, customerId } = taken.sale;
      const what: OrderToPlace = { ...money, ...place, customerId, lines: taken.lines, at };
      if (taken.kind === 'creditNote') this.log.creditNote(what);
      else this.place(what, taken.lines);
      return;
    }
    const index = taken.order % Math.max(this.open.length, 1);
    const order = this.open[index];
    if (!order) return;
    if (taken.kind === 'return') this.return(order, taken.share);
    else if (taken.kind === 'cancel') {
      this.log.cancel(order.orderId, { at, reason: 'changed my mind' });
      this.open.splice(index, 1);
    } else if (taken.kind === 'ship') this.log.ship(order.orderId, { carrier: 'DHL' }, at);
    else this.log[taken.kind](order.orderId, at);
  }

  private place(order: OrderToPlace, placed: LineToPlace[]): void {
    const { orderId } = this.log.place({ shipping: 250, tax: TAX, ...order }).data;
    this.open.push({ orderId, left: placed.map((each) => each.quantity ?? 1) });
  }

  private return({ orderId, left }: { orderId: string; left: number[] }, share: number): void {
    const wanted = left.map((quantity, index) => ({
      lineNumber: index + 1,
      quantity: Math.ceil(quantity * share),
    }));
    const returned = wanted.filter(({ quantity }) => quantity > 0);
    if (returned.length === 0) return;
    for (const { lineNumber, quantity } of returned)
      left[lineNumber - 1] = (left[lineNumber - 1] ?? 0) - quantity;
    // With the last unit the tax comes back, too.
    const charges = left.every((quantity) => quantity === 0) ? { tax: TAX } : {};
    this.log.return(orderId, returned, { at: this.at, reason: null, ...charges });
  }
}
