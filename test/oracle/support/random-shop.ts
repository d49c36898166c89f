import fc from 'fast-check';
import {
  cancelOrder,
  createCommandContext,
  deliverOrder,
  issueCreditNote,
  payOrder,
  placeOrder,
  returnItems,
  shipOrder,
} from '../../../src/commands';
import type { EventStore } from '../../../src/event-store/event-store';
import type { Duck } from './duckdb';
import { SHOP_TABLES } from './shop-inputs.sql';

export const SETTINGS = { reportingCurrency: 'GBP', timeZone: 'America/New_York' };
export const CURRENCIES = { GBP: 2, EUR: 2, JPY: 0, KWD: 3 } as const;

const HOUR = 3_600_000;
const FIRST_AT = Date.UTC(2024, 1, 26, 3, 30);

const money = fc.constantFrom<{ currency: keyof typeof CURRENCIES; exchangeRate: string | null }>(
  { currency: 'GBP', exchangeRate: null },
  { currency: 'GBP', exchangeRate: null },
  { currency: 'EUR', exchangeRate: '0.8537' },
  { currency: 'EUR', exchangeRate: '1.0000000049' },
  { currency: 'EUR', exchangeRate: null },
  { currency: 'JPY', exchangeRate: '0.00513' },
  { currency: 'KWD', exchangeRate: '2.6' },
);

/** Ids, some of which sort differently as bytes and as UTF-16 units. */
const customerId = fc.constantFrom(null, 'c1', 'c10', 'c2', 'C2', 'ü', '\uff5e', '\u{1f600}', 'é');

const line = fc.record({
  productId: fc.constantFrom('p1', 'p2', 'p3'),
  category: fc.constantFrom('Books', 'Toys', 'Ünïcode 📚'),
  tenThousandths: fc.oneof(
    fc.integer({ min: 0, max: 500_000 }),
    fc.constantFrom(0, 50, 12_345, 99_995, 100_000_000),
  ),
  quantity: fc.integer({ min: 1, max: 9 }),
  discountShare: fc.constantFrom(0n, 0n, 10n, 33n, 100n),
});

const place = fc.constantFrom(
  { country: 'GB', region: null },
  { country: 'GB', region: 'North' },
  { country: 'DE', region: null },
);

const sale = fc.record({ money, customerId, place, lines: fc.array(line, { minLength: 1, maxLength: 4 }) });

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('place' as const), sale }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('credit' as const), sale }) },
  {
    weight: 3,
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
      products: fc.array(
        fc.record({ productId: fc.constantFrom('p1', 'p2', 'p3'), quantity: fc.integer({ min: 1, max: 6 }) }),
        {
          minLength: 0,
          maxLength: 2,
        },
      ),
      tax: fc.constantFrom(0n, 0n, 33n, 99n),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), order: fc.nat() }) },
);

type What = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Sale = typeof sale extends fc.Arbitrary<infer S> ? S : never;
export type Step = What & { hours: number };

/**
 * The requests of a shop's customers, one after the other, at times that mostly advance. Many are refused.
 */
export const shopSteps = (most: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.tuple(fc.constantFrom(0, 1, 7, 25, -30), step).map(([hours, what]) => ({ ...what, hours })),
    { minLength: Math.min(10, most), maxLength: most },
  );

type Cells = (string | number | null)[];

/** Runs the steps through the commands, and notes the accepted ones for the oracle. */
export async function liveThrough(steps: readonly Step[], store: EventStore, duck: Duck): Promise<void> {
  const context = createCommandContext({ store, ...SETTINGS });
  const rows: Record<'placed' | 'placed_lines' | 'cancellations' | 'returned' | 'credits', Cells[]> = {
    placed: [],
    placed_lines: [],
    cancellations: [],
    returned: [],
    credits: [],
  };
  const orders: { orderId: string; digits: number }[] = [];
  let at = FIRST_AT;
  for (const [index, taken] of steps.entries()) {
    at += taken.hours * HOUR;
    const event = index + 1;
    const idempotencyKey = `step ${event}`;
    if (taken.kind === 'place' || taken.kind === 'credit') {
      const { money: of, customerId: customer, place: where, lines } = taken.sale;
      const common = { idempotencyKey, customerId: customer, ...where, ...of };
      const sold = lines.map(({ productId, category, tenThousandths, quantity }) => ({
        productId,
        category,
        unitPrice: decimal(BigInt(tenThousandths), 4),
        quantity,
      }));
      if (taken.kind === 'credit') {
        const result = await issueCreditNote(context, {
          ...common,
          creditNoteId: `n${event}`,
          occurredAt: at,
          lines: sold,
        });
        if (!result.ok) continue;
        for (const { productId, category, unitPrice, quantity } of sold)
          rows.credits.push([
            event,
            customer,
            of.currency,
            of.exchangeRate,
            at,
            category,
            unitPrice,
            quantity,
            productId,
            where.country,
            where.region,
          ]);
        continue;
      }
      const digits = CURRENCIES[of.currency];
      const discounts = discountsOf(taken.sale);
      const orderId = `o${event}`;
      const result = await placeOrder(context, {
        ...common,
        orderId,
        placedAt: at,
        lines: sold.map((each, i) => ({ ...each, discount: decimal(discounts[i] ?? 0n, digits) })),
        shipping: decimal(250n, digits),
        tax: decimal(99n, digits),
      });
      if (!result.ok) continue;
      orders.push({ orderId, digits });
      rows.placed.push([
        event,
        orderId,
        customer,
        of.currency,
        of.exchangeRate,
        at,
        250,
        99,
        where.country,
        where.region,
      ]);
      for (const [i, { productId, category, unitPrice, quantity }] of sold.entries())
        rows.placed_lines.push([
          event,
          orderId,
          i + 1,
          productId,
          category,
          unitPrice,
          quantity,
          String(discounts[i]),
        ]);
      continue;
    }
    const order = orders[taken.order % Math.max(orders.length, 1)];
    if (order === undefined) continue;
    const { orderId, digits } = order;
    const input = { idempotencyKey, orderId, occurredAt: at };
    if (taken.kind === 'return') {
      const result = await returnItems(context, {
        ...input,
        lines: taken.products,
        tax: taken.tax === 0n ? null : decimal(taken.tax, digits),
      });
      if (result.ok)
        for (const { productId, quantity } of taken.products)
          rows.returned.push([event, orderId, at, productId, quantity]);
    } else if (taken.kind === 'cancel') {
      if ((await cancelOrder(context, input)).ok) rows.cancellations.push([event, orderId, at]);
    } else await { pay: payOrder, ship: shipOrder, deliver: deliverOrder }[taken.kind](context, input);
  }
  await duck.run(SHOP_TABLES);
  for (const [table, cells] of Object.entries(rows)) await duck.insert(table, cells);
}

/** Minor units, at most the amount of the line. */
function discountsOf({ money: { currency }, lines }: Sale): bigint[] {
  const unit = 10n ** BigInt(CURRENCIES[currency]);
  return lines.map(({ tenThousandths, quantity, discountShare }) => {
    const floor = (BigInt(tenThousandths) * BigInt(quantity) * unit) / 10_000n;
    return (floor * discountShare) / 100n;
  });
}

/** A scaled integer as a decimal string: decimal(1234n, 2) is '12.34'. */
function decimal(scaled: bigint, digits: number): string {
  const text = scaled.toString().padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
