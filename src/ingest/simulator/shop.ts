import { minorDigits } from '../../domain/currencies';
import { formatAmount } from '../../domain/money';
import { type CatalogueCategory, createCatalogue, pickProduct } from './catalogue';
import { customersOf, type ShopCustomer } from './customers';
import { UNITS_PER_EURO } from './places';
import { at, createRandom, type Random } from './random';

export interface ShopOptions {
  /** a whole number; the same seed gives the same orders */
  seed: number;
  /** ISO 4217; others are converted to the first, in which customers of any other currency pay */
  currencies?: readonly string[];
  /** what ids begin with */
  idPrefix: string;
}

export interface ShopLine {
  productId: string;
  productName: string;
  category: string;
  /** decimal strings in the order's currency */
  unitPrice: string;
  quantity: number;
  discount: string;
}

/** A step of an order, some time after the step before it. */
export type ShopStep = { afterMs: number } & (
  | { kind: 'pay' }
  | { kind: 'ship' }
  | { kind: 'deliver' }
  | { kind: 'cancel'; reason: string }
  | { kind: 'return'; reason: string; lines: { productId: string; quantity: number }[] }
);

export interface ShopOrder {
  id: string;
  /** null for a guest */
  customer: ShopCustomer | null;
  /** whether it is this customer's first order */
  isFirst: boolean;
  country: string;
  region: string;
  currency: string;
  /** units of the first currency for one of the order's, where they differ */
  exchangeRate: string | undefined;
  lines: ShopLine[];
  shipping: string;
  tax: string;
  /** whether it is twenty times as large as it would have been */
  isOutlier: boolean;
  steps: ShopStep[];
}

export interface Shop {
  /** The next order, of a month from 1 to 12: what sells depends on the season. */
  nextOrder(month: number): ShopOrder;
}

const OUTLIER_SHARE = 0.002;
const OUTLIER_FACTOR = 20;
const CANCELLED_SHARE = 0.02;
const RETURNED_SHARE = 0.03;
const FREE_SHIPPING_FROM_CENTS = 6_000;
const SHIPPING_CENTS = 490;

/**
 * A believable shop: customers come back, categories have price levels and seasons, and now and then an order
 * is huge.
 */
export function createShop({ seed, currencies = ['EUR'], idPrefix }: ShopOptions): Shop {
  const random = createRandom(seed);
  const catalogue = createCatalogue(random);
  const nextCustomer = customersOf(random, idPrefix);
  let orders = 0;

  return {
    nextOrder(month) {
      orders++;
      const { customer, place, region, isFirst } = nextCustomer();
      // The first order is in the first currency, which an empty store then reports in.
      const ownCurrency = orders > 1 && currencies.includes(place.currency);
      const currency = ownCurrency ? place.currency : at(currencies, 0);
      const isOutlier = random.chance(OUTLIER_SHARE);
      const basket = fillBasket(random, catalogue, month, isOutlier ? OUTLIER_FACTOR : 1);
      const paidCents = basket.reduce(
        (sum, item) => sum + item.priceCents * item.quantity - item.discountCents,
        0,
      );
      const money = (cents: number) => inCurrency(cents, currency);
      const lines = basket.map(
        ({ priceCents, discountCents, ...line }): ShopLine => ({
          ...line,
          unitPrice: money(priceCents),
          // Rounded down in both currencies, a discount never passes its line.
          discount: money(discountCents),
        }),
      );
      return {
        id: `${idPrefix}-${String(orders).padStart(6, '0')}`,
        customer,
        isFirst,
        country: place.country,
        region,
        currency,
        exchangeRate: exchangeRate(currency, at(currencies, 0)),
        lines,
        shipping: money(paidCents >= FREE_SHIPPING_FROM_CENTS ? 0 : SHIPPING_CENTS),
        tax: money((paidCents * place.taxPercent) / 100),
        isOutlier,
        steps: planSteps(random, lines),
      };
    },
  };
}

interface BasketItem {
  productId: string;
  productName: string;
  category: string;
  priceCents: number;
  quantity: number;
  discountCents: number;
}

function fillBasket(
  random: Random,
  catalogue: readonly CatalogueCategory[],
  month: number,
  factor: number,
): BasketItem[] {
  const seasonal = catalogue.map((category) => at(category.seasons, month - 1));
  const saleShare = month === 11 ? 0.4 : 0.12;
  let size = 1;
  while (size < 8 && random.chance(0.5)) size++;
  const items = new Map<string, BasketItem>();
  for (let i = 0; i < size; i++) {
    const product = pickProduct(random, at(catalogue, random.weighted(seasonal)));
    const quantity = (1 + random.weighted([70, 18, 7, 5])) * factor;
    const percentOff = random.chance(saleShare) ? random.pick([5, 10, 15, 20, 30]) : 0;
    // A product stands on one line: what is returned of it is then beyond doubt.
    if (items.has(product.id)) continue;
    items.set(product.id, {
      productId: product.id,
      productName: product.name,
      category: product.category,
      priceCents: product.priceCents,
      quantity,
      discountCents: Math.floor((product.priceCents * quantity * percentOff) / 100),
    });
  }
  return [...items.values()];
}

function planSteps(random: Random, lines: readonly ShopLine[]): ShopStep[] {
  const isCancelled = random.chance(CANCELLED_SHARE);
  const isReturned = random.chance(RETURNED_SHARE);
  const delay = (fromMs: number, toMs: number) => random.between(fromMs, toMs);
  const steps: ShopStep[] = [{ kind: 'pay', afterMs: delay(300, 3_000) }];
  if (isCancelled)
    return [...steps, { kind: 'cancel', afterMs: delay(500, 5_000), reason: random.pick(CANCEL_REASONS) }];
  steps.push(
    { kind: 'ship', afterMs: delay(2_000, 8_000) },
    { kind: 'deliver', afterMs: delay(3_000, 15_000) },
  );
  if (isReturned) {
    const line = random.pick(lines);
    steps.push({
      kind: 'return',
      afterMs: delay(2_000, 10_000),
      reason: random.pick(RETURN_REASONS),
      lines: [{ productId: line.productId, quantity: random.between(1, line.quantity) }],
    });
  }
  return steps;
}

const CANCEL_REASONS = ['changed my mind', 'ordered twice', 'found it cheaper'] as const;
const RETURN_REASONS = ['damaged', 'does not fit', 'not as described'] as const;

/** Euro cents as a decimal string of a currency, rounded down to its minor unit. */
function inCurrency(euroCents: number, currency: string): string {
  const units = (euroCents / 100) * unitsPerEuro(currency);
  // The small summand keeps 4.9 x 100 = 490.00000000000006 and 489.99999999999994 alike.
  return formatAmount(Math.floor(units * 10 ** (minorDigits(currency) ?? 2) + 1e-6), currency);
}

function exchangeRate(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  return (unitsPerEuro(to) / unitsPerEuro(from)).toFixed(6);
}

function unitsPerEuro(currency: string): number {
  const units = UNITS_PER_EURO[currency];
  if (units === undefined) throw new RangeError(`The simulator knows no rate for ${currency}`);
  return units;
}
