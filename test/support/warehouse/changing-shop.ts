import fc from 'fast-check';
import type { CustomerDetailsChanged } from '../../../src/domain/events';
import type { EventLog } from '../events';
import { lifecycles } from '../lifecycles';

const SETTINGS = { reportingCurrency: 'GBP', timeZone: 'America/New_York' };
const HOUR = 3_600_000;
const AROUND = Date.UTC(2024, 1, 26, 3, 30);

/**
 * A time some hours before or after the shop opened. A change may be dated before the one that it follows.
 */
const at = fc.integer({ min: -20, max: 300 }).map((hours) => AROUND + hours * HOUR);
const place = fc.constantFrom('GB', 'DE', 'FR', null);

const customerChange = fc.record({
  kind: fc.constant('customer' as const),
  id: fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c99'),
  change: fc.record(
    {
      name: fc.constantFrom('Ada', 'Bob', 'Ünal'),
      email: fc.constantFrom('a@shop.example', null),
      country: place,
      region: fc.constantFrom('North', 'South', null),
    },
    { requiredKeys: [] },
  ),
  at,
});

const productChange = fc.record({
  kind: fc.constantFrom('price' as const, 'category' as const),
  id: fc.constantFrom('p1', 'p2', 'p99'),
  price: fc.constantFrom('1.5', '2.25', '0.0001'),
  category: fc.constantFrom('Books', 'Toys', 'Food'),
  at,
});

const changes = fc.array(fc.oneof(customerChange, productChange), { minLength: 15, maxLength: 40 });

/**
 * A shop with several currencies, whose customers move, and whose products change their price and category.
 */
export const changingShops = (steps: number): fc.Arbitrary<EventLog> =>
  fc.tuple(lifecycles(SETTINGS, { steps }), changes).map(([log, taken]) => {
    const customers = new Set<string>();
    const products = new Map<string, { price: string; category: string }>();
    for (const one of taken) {
      if (one.kind === 'customer') changeCustomer(log, customers, one.id, one.change, one.at);
      else changeProduct(log, products, one);
    }
    return log;
  });

function changeCustomer(
  log: EventLog,
  known: Set<string>,
  customerId: string,
  change: Omit<CustomerDetailsChanged, 'customerId'>,
  when: number,
): void {
  const stream = `customer-${customerId}`;
  if (known.has(customerId)) {
    log.append('CustomerDetailsChanged', stream, { customerId, ...change }, when);
    return;
  }
  known.add(customerId);
  const { name = customerId, email = null, country = null, region = null } = change;
  log.append('CustomerRegistered', stream, { customerId, name, email, country, region }, when);
}

function changeProduct(
  log: EventLog,
  known: Map<string, { price: string; category: string }>,
  one: ReturnType<typeof productChange.generate>['value'],
): void {
  const { id: productId, price, category } = one;
  const stream = `product-${productId}`;
  const before = known.get(productId);
  if (before === undefined) {
    known.set(productId, { price, category });
    log.append(
      'ProductListed',
      stream,
      { productId, name: `Listed ${productId}`, category, price, currency: 'GBP' },
      one.at,
    );
  } else if (one.kind === 'price') {
    const previousPrice = before.price;
    before.price = price;
    log.append('ProductPriceChanged', stream, { productId, price, previousPrice, currency: 'GBP' }, one.at);
  } else {
    const previousCategory = before.category;
    before.category = category;
    log.append('ProductRecategorised', stream, { productId, category, previousCategory }, one.at);
  }
}
