import { readFileSync } from 'node:fs';
import path from 'node:path';
import { lineAmount, parseAmount } from '../../domain/money';
import { sampleOrders } from './sample';
import { createShop, type ShopOptions, type ShopOrder } from './shop';

const ordersOf = (count: number, options: Partial<ShopOptions> = {}, month = 6): ShopOrder[] => {
  const shop = createShop({ seed: 7, idPrefix: 't', ...options });
  return Array.from({ length: count }, () => shop.nextOrder(month));
};
const share = (orders: ShopOrder[], test: (order: ShopOrder) => boolean): number =>
  orders.filter(test).length / orders.length;

describe('the simulated shop', () => {
  const many = ordersOf(6_000);

  it('makes the same orders for the same seed, and others for another', () => {
    expect(ordersOf(500)).toEqual(many.slice(0, 500));
    expect(ordersOf(500, { seed: 8 })).not.toEqual(many.slice(0, 500));
  });

  it('gives every order an id of its own that says which run it is of', () => {
    const ids = new Set(many.map(({ id }) => id));
    expect(ids.size).toBe(many.length);
    expect(many[41]?.id).toBe('t-000042');
    expect(many[0]?.customer?.id ?? 't-').toMatch(/^t-/);
  });

  it('asks for what the season brings', () => {
    const toysIn = (month: number) =>
      share(ordersOf(3_000, {}, month), ({ lines }) =>
        lines.some((line) => line.category === 'Toys and Games'),
      );
    expect(toysIn(12)).toBeGreaterThan(1.5 * toysIn(6));
  });

  it('has categories with prices of their own level', () => {
    const mean = (category: string) => {
      const prices = many.flatMap(({ lines }) =>
        lines.filter((line) => line.category === category).map((line) => Number(line.unitPrice)),
      );
      return prices.reduce((sum, price) => sum + price, 0) / prices.length;
    };
    expect(mean('Electronics')).toBeGreaterThan(5 * mean('Groceries'));
    expect(new Set(many.flatMap(({ lines }) => lines.map(({ category }) => category))).size).toBe(12);
    expect(new Set(many.flatMap(({ lines }) => lines.map(({ productId }) => productId))).size).toBe(360);
  });

  it('has guests, customers who come once and customers who come often', () => {
    const orders = new Map<string, number>();
    for (const { customer } of many)
      if (customer) orders.set(customer.id, (orders.get(customer.id) ?? 0) + 1);
    const counts = [...orders.values()];
    expect(share(many, ({ customer }) => customer === null)).toBeCloseTo(0.08, 1);
    expect(counts.filter((count) => count === 1).length).toBeGreaterThan(0.1 * counts.length);
    expect(Math.max(...counts)).toBeGreaterThan(20);
    expect(many.filter(({ isFirst }) => isFirst)).toHaveLength(orders.size);
  });

  it('registers a customer with the first order', () => {
    const seen = new Set<string>();
    const wrong = many.filter(({ customer, isFirst }) => {
      if (customer === null) return isFirst;
      const isNew = !seen.has(customer.id);
      seen.add(customer.id);
      return isFirst !== isNew;
    });
    expect(wrong).toEqual([]);
  });

  it('has rare outliers, cancellations and returns', () => {
    expect(share(many, ({ isOutlier }) => isOutlier)).toBeGreaterThan(0.0005);
    expect(share(many, ({ isOutlier }) => isOutlier)).toBeLessThan(0.005);
    const has = (kind: string) => share(many, ({ steps }) => steps.some((step) => step.kind === kind));
    expect(has('cancel')).toBeCloseTo(0.02, 2);
    expect(has('return')).toBeCloseTo(0.03, 2);
  });

  it('ends an order by delivery, cancellation or a return of what was bought', () => {
    for (const { lines, steps } of many.slice(0, 1_000)) {
      const kinds = steps.map(({ kind }) => kind).join(' ');
      expect(kinds).toMatch(/^pay (cancel|ship deliver( return)?)$/);
      for (const step of steps) {
        if (step.kind !== 'return') continue;
        for (const { productId, quantity } of step.lines) {
          const bought = lines.find((line) => line.productId === productId);
          expect(quantity).toBeGreaterThan(0);
          expect(quantity).toBeLessThanOrEqual(bought?.quantity ?? 0);
        }
      }
    }
  });

  it.each(['EUR', 'GBP', 'USD', 'SEK', 'JPY'])('has amounts that are money in %s', (currency) => {
    for (const order of ordersOf(100, { currencies: [currency] })) {
      expect(order).toMatchObject({ currency, exchangeRate: undefined });
      expect(parseAmount(order.shipping, currency)).toBeGreaterThanOrEqual(0);
      expect(parseAmount(order.tax, currency)).toBeGreaterThanOrEqual(0);
      for (const { unitPrice, quantity, discount } of order.lines) {
        const gross = lineAmount(unitPrice, quantity, currency) ?? -1;
        expect(gross).toBeGreaterThan(0);
        expect(parseAmount(discount, currency)).toBeLessThanOrEqual(gross);
      }
    }
  });

  it('takes the currencies of its customers, with a rate to the first one', () => {
    const orders = ordersOf(300, { currencies: ['EUR', 'GBP', 'JPY'] });
    expect(new Set(orders.map(({ currency }) => currency))).toEqual(new Set(['EUR', 'GBP', 'JPY']));
    for (const { country, currency, exchangeRate } of orders) {
      if (country === 'United Kingdom') expect([currency, exchangeRate]).toEqual(['GBP', '1.162791']);
      if (country === 'United States') expect([currency, exchangeRate]).toEqual(['EUR', undefined]);
    }
  });
});

describe('the sample that ships with the project', () => {
  it('is what the shop makes (after a change of it: node scripts/sample.js)', () => {
    const shipped = readFileSync(path.join(__dirname, '../../../samples/orders.csv'), 'utf8');
    expect(shipped.replaceAll('\r\n', '\n')).toBe(sampleOrders());
  });

  it('has an order far above the others, and credit notes', () => {
    const rows = sampleOrders()
      .trimEnd()
      .split('\n')
      .map((row) => row.split(','));
    expect(rows.filter(([id]) => id?.startsWith('C')).length).toBeGreaterThan(3);
    expect(rows.some((cells) => Number(cells[10]) >= 20)).toBe(true);
  });
});
