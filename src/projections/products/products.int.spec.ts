import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { type EventLog, eventLog } from '../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../test/support/generation';
import { products } from './products.projection';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const list = (log: EventLog, productId: string) =>
  log.append('ProductListed', `product-${productId}`, {
    productId,
    name: `Product ${productId}`,
    category: 'Books',
    price: '9.99',
    currency: 'GBP',
  });
const reprice = (log: EventLog, productId: string, price: string, previousPrice: string, currency = 'GBP') =>
  log.append('ProductPriceChanged', `product-${productId}`, { productId, price, previousPrice, currency });
const recategorise = (log: EventLog, productId: string, category: string, previousCategory: string) =>
  log.append('ProductRecategorised', `product-${productId}`, { productId, category, previousCategory });

describe('the products read model', () => {
  let log: EventLog;
  let generation: TestGeneration;
  beforeEach(async () => {
    log = eventLog();
    generation = await TestGeneration.create(database.pool, products);
  });
  afterEach(() => generation.close());

  const rows = () => generation.rows('SELECT * FROM products ORDER BY product_id');

  it('has a row for each listed product', async () => {
    const listed = list(log, 'p1');
    await generation.apply(log.events);
    expect(await rows()).toEqual([
      {
        product_id: 'p1',
        revision: 0,
        name: 'Product p1',
        category: 'Books',
        price: '9.99',
        currency: 'GBP',
        updated_position: listed.position,
      },
    ]);
  });

  it.each([
    ['in one batch', 100],
    ['in batches of their own', 1],
  ])('follows price and category, %s', async (_, batchSize) => {
    list(log, 'p1');
    const other = list(log, 'p2');
    reprice(log, 'p1', '12.5000', '9.99', 'EUR');
    const last = recategorise(log, 'p1', 'Toys', 'Books');
    const batches = await TestGeneration.create(database.pool, products, { batchSize });
    await batches.apply(log.events);
    const wanted = 'product_id, revision, category, price, currency, updated_position';
    expect(await batches.rows(`SELECT ${wanted} FROM products ORDER BY product_id`)).toEqual([
      {
        product_id: 'p1',
        revision: 2,
        category: 'Toys',
        price: '12.5000',
        currency: 'EUR',
        updated_position: last.position,
      },
      {
        product_id: 'p2',
        revision: 0,
        category: 'Books',
        price: '9.99',
        currency: 'GBP',
        updated_position: other.position,
      },
    ]);
    await batches.close();
  });

  it('follows the revision of the stream when nothing changed', async () => {
    list(log, 'p1');
    const { position } = log.append('ProductUnchanged', 'product-p1', { productId: 'p1' });
    await generation.apply(log.events);
    const unchanged = { name: 'Product p1', category: 'Books', price: '9.99', currency: 'GBP' };
    expect(await rows()).toEqual([
      { product_id: 'p1', revision: 1, ...unchanged, updated_position: position },
    ]);
  });

  it('does not list what an order sold', async () => {
    log.place({ lines: [{ productId: 'p9' }] });
    await generation.apply(log.events);
    expect(await rows()).toEqual([]);
    expect(generation.statements).toEqual([]);
  });

  it('refuses a change of a product that was never listed, and says which', async () => {
    const { position } = reprice(log, 'p1', '1.00', '2.00');
    await expect(generation.apply(log.events)).rejects.toThrow(
      `ProductPriceChanged of stream product-p1 at position ${position} was refused: there is no product p1`,
    );
  });

  it('is the same however the log is cut into batches', async () => {
    for (let i = 0; i < 30; i++) {
      const productId = `p${i % 7}`;
      if (i < 7) list(log, productId);
      else if (i % 3 === 0) recategorise(log, productId, `Category ${i}`, 'Books');
      else reprice(log, productId, `${i}.00`, '9.99');
    }
    const whole = await hashesAfter(database.pool, products, log.events);
    expect(await hashesAfter(database.pool, products, log.events, { batchSize: 1 })).toEqual(whole);
    expect(await hashesAfter(database.pool, products, log.events, { batchSize: 7, reopen: true })).toEqual(
      whole,
    );
  });
});
