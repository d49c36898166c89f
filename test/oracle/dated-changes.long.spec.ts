import fc from 'fast-check';
import {
  changeCustomer,
  changeProductPrice,
  createCommandContext,
  issueCreditNote,
  listProduct,
  placeOrder,
  recategoriseProduct,
  registerCustomer,
} from '../../src/commands';
import type { EventStore } from '../../src/event-store/event-store';
import { readCustomers } from '../../src/graphql/queries/customers.query';
import { readProduct } from '../../src/graphql/queries/products.query';
import { startProjector } from '../../src/projections/live/store-projector';
import { createLogger } from '../../src/runtime/logger';
import { createTestStore } from '../support/store';
import { rowsIn } from '../support/warehouse/warehouse';
import { type Details, ExpectedCustomer, ExpectedProduct } from './naive/dated-changes.oracle';
import { lakeWarehouseOf } from './support/lake-warehouse';

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2024, 0, 1);
/** Few times, so that changes collide. */
const at = fc.integer({ min: 0, max: 12 }).map((hours) => BEGIN + hours * HOUR);
const productId = fc.constantFrom('p1', 'p2');
const customerId = fc.constantFrom('ada', 'bob');
const name = fc.constantFrom('Mug', 'Cup', 'Blue mug', 'p1', 'p2', undefined);
const category = fc.constantFrom('Kitchen', 'Toys', 'Gifts');
const price = fc.constantFrom('1.00', '2.50', '3.125');
const place = fc.constantFrom(null, 'GB', 'IE', 'FR');
const details = fc.record(
  { name: fc.constantFrom('Ada', 'Bob'), email: place, country: place, region: place },
  { requiredKeys: [] },
);

const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('list' as const), at, productId, category, price }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), at, productId, category }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('price' as const), at, productId, price }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('sell' as const, 'credit' as const),
      at,
      lines: fc.array(fc.record({ productId, name }), { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('register' as const), at, customerId, details }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('change' as const), at, customerId, details }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Expected {
  products: Map<string, ExpectedProduct>;
  customers: Map<string, ExpectedCustomer>;
}

/** Sends the steps, and notes the accepted ones for the oracle. */
async function live(steps: readonly Step[], store: EventStore): Promise<Expected> {
  const context = createCommandContext({ store, reportingCurrency: 'EUR' });
  const products = new Map<string, ExpectedProduct>();
  const customers = new Map<string, ExpectedCustomer>();
  const product = (id: string) => {
    const known = products.get(id) ?? new ExpectedProduct(id);
    products.set(id, known);
    return known;
  };
  for (const [index, taken] of steps.entries()) {
    const common = { idempotencyKey: `step ${index}`, occurredAt: taken.at };
    switch (taken.kind) {
      case 'list': {
        const { productId: id, category: first, price: asked } = taken;
        const listed = {
          productId: id,
          name: `Listed ${id}`,
          category: first,
          price: asked,
          currency: 'EUR',
        };
        if (!(await listProduct(context, { ...common, ...listed })).ok) break;
        product(id).listed = { category: first, price: asked };
        product(id).names.push({ at: taken.at, value: listed.name });
        break;
      }
      case 'move': {
        const { productId: id, category: next } = taken;
        if (!(await recategoriseProduct(context, { ...common, productId: id, category: next })).ok) break;
        if (product(id).categoryAt(taken.at) !== next)
          product(id).categories.push({ at: taken.at, value: next });
        break;
      }
      case 'price': {
        const { productId: id, price: next } = taken;
        if (!(await changeProductPrice(context, { ...common, productId: id, price: next })).ok) break;
        if (product(id).priceAt(taken.at) !== next) product(id).prices.push({ at: taken.at, value: next });
        break;
      }
      case 'sell':
      case 'credit': {
        const sale = {
          ...common,
          country: 'DE',
          currency: 'EUR',
          lines: taken.lines.map((line) => ({
            productId: line.productId,
            productName: line.name,
            unitPrice: '1.00',
            quantity: 1,
          })),
        };
        const { ok } =
          taken.kind === 'sell'
            ? await placeOrder(context, { ...sale, orderId: `o${index}`, placedAt: taken.at })
            : await issueCreditNote(context, { ...sale, creditNoteId: `n${index}` });
        expect(ok).toBe(true);
        for (const line of taken.lines)
          product(line.productId).names.push({ at: taken.at, value: line.name ?? line.productId });
        break;
      }
      case 'register': {
        const given: Details = {
          name: 'Someone',
          email: null,
          country: null,
          region: null,
          ...taken.details,
        };
        const input = { ...given, name: given.name ?? 'Someone', customerId: taken.customerId };
        if ((await registerCustomer(context, { ...common, ...input })).ok)
          customers.set(taken.customerId, new ExpectedCustomer(given));
        break;
      }
      case 'change': {
        const input = { ...common, customerId: taken.customerId, ...taken.details };
        if ((await changeCustomer(context, input)).ok)
          customers.get(taken.customerId)?.change(taken.details, taken.at);
      }
    }
  }
  return { products, customers };
}

const INSTANTS = Array.from({ length: 15 }, (_, hours) => BEGIN + (hours - 1) * HOUR);
const TODAY = INSTANTS.at(-1) as number;
const DETAILS = ['name', 'email', 'country', 'region'] as const;

it('products and customers are dated by when it happened, in read models and warehouse', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 15, maxLength: 60, size: 'max' }), async (steps) => {
      const testStore = await createTestStore();
      const { database, store } = testStore;
      const logger = createLogger({ level: 'warn', fd: 2 });
      const projector = startProjector({ databaseUrl: database.url, pool: database.pool, store, logger });
      try {
        const { products, customers } = await live(steps, store);
        await projector.caughtUp();
        const { warehouse, remove } = await lakeWarehouseOf(store, 20);
        const epochMs = (column: string) => `CAST(epoch_ms(${column}) AS VARCHAR) AS ${column}`;
        const times = `${epochMs('valid_from')}, ${epochMs('valid_to')}`;
        try {
          for (const [id, expected] of products) {
            const read = await readProduct(database.pool, id);
            const versions = await rowsIn(
              warehouse,
              `SELECT name, category, CAST(price AS VARCHAR) AS price, is_current, ${times}
                 FROM dim_product WHERE product_id = '${id}'`,
            );
            const [current, ...others] = versions.filter(({ is_current: is }) => is === 'true');
            // A product that only refused requests named is in no table.
            if (expected.listed === null && expected.names.length === 0) expect(versions).toEqual([]);
            else {
              expect(others).toEqual([]);
              expect(current?.name).toBe(expected.name ?? id);
            }
            if (expected.listed === null) {
              expect(read).toBeNull();
              continue;
            }
            expect(read).toMatchObject({
              name: expected.name,
              category: expected.categoryAt(TODAY),
              price: { amount: expected.priceAt(TODAY) },
            });
            expect(Number(current?.price)).toBe(Number(expected.priceAt(TODAY)));
            for (const time of INSTANTS)
              expect(versions.filter(isTrueAt(time)).map((version) => version.category)).toEqual([
                expected.categoryAt(time),
              ]);
          }
          for (const [id, expected] of customers) {
            const today = Object.fromEntries(DETAILS.map((detail) => [detail, expected.at(detail, TODAY)]));
            expect(await readCustomers(database.pool, [id])).toMatchObject([today]);
            const versions = await rowsIn(
              warehouse,
              `SELECT name, email, country, region, ${times} FROM dim_customer WHERE customer_id = '${id}'`,
            );
            for (const time of INSTANTS)
              expect(versions.filter(isTrueAt(time))).toMatchObject([
                { ...today, country: expected.at('country', time), region: expected.at('region', time) },
              ]);
          }
        } finally {
          await remove();
        }
      } finally {
        await projector.stop();
        await testStore.close();
      }
    }),
    { numRuns: 6, endOnFailure: true, includeErrorInReport: true },
  );
}, 240_000);

const isTrueAt =
  (time: number) =>
  ({ valid_from: from, valid_to: to }: Record<string, unknown>): boolean =>
    Number(from) <= time && time < Number(to);
