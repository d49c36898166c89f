import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { type EventLog, eventLog } from '../../../../test/support/events';
import { hashesAfter, TestGeneration } from '../../../../test/support/generation';
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

const COLUMNS = 'product_id, revision, name, category, price, currency, updated_position';

describe('the products read model', () => {
  let log: EventLog;
  let generation: TestGeneration;
  beforeEach(async () => {
    log = eventLog();
    generation = await TestGeneration.create(database.pool, products);
  });
  afterEach(() => generation.close());

  const rows = () => generation.rows(`SELECT ${COLUMNS} FROM products ORDER BY product_id`);

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
  });

  it('is not set back by a change that is dated before the current one', async () => {
    const { occurredAt: at } = list(log, 'p1');
    const append = (type: 'ProductPriceChanged' | 'ProductRecategorised', data: object, seconds: number) =>
      log.append(type, 'product-p1', { productId: 'p1', ...data } as never, at + seconds * 1_000);
    append('ProductRecategorised', { category: 'Toys' }, 20);
    append('ProductPriceChanged', { price: '12.00', currency: 'GBP' }, 30);
    append('ProductRecategorised', { category: 'Gifts' }, 10);
    append('ProductPriceChanged', { price: '11.00', currency: 'GBP' }, 29);
    for (const batchSize of [100, 1]) {
      const batches = await TestGeneration.create(database.pool, products, { batchSize });
      await batches.apply(log.events);
      expect(await batches.rows('SELECT revision, category, price FROM products')).toEqual([
        { revision: 4, category: 'Toys', price: '12.00' },
      ]);
      await batches.close();
    }
  });

  describe('the name of today', () => {
    const names = async (events = log.events) => {
      const batches = await TestGeneration.create(database.pool, products, { batchSize: 1 });
      await batches.apply(events);
      const found = await batches.rows<{ product_id: string; name: string }>(
        'SELECT product_id, name FROM product_names ORDER BY product_id',
      );
      await batches.close();
      return Object.fromEntries(found.map(({ product_id, name }) => [product_id, name]));
    };
    const sell = (productId: string, productName: string, at: number) =>
      log.place({ at, lines: [{ productId, productName }] });

    it('is the newest of the catalogue, an order or a credit note, whichever is read first', async () => {
      sell('p1', 'Mug', 1_000);
      sell('p1', 'Blue mug', 3_000);
      sell('p1', 'Cup', 2_000);
      log.creditNote({ at: 5_000, lines: [{ productId: 'p2', productName: 'Plate' }] });
      sell('p2', 'Saucer', 4_000);
      const listed = { productId: 'p3', name: 'Lamp', category: 'Home', price: '1.00', currency: 'GBP' };
      log.append('ProductListed', 'product-p3', listed, 2_000);
      sell('p3', 'Old lamp', 1_000);
      const expected = { p1: 'Blue mug', p2: 'Plate', p3: 'Lamp' };
      expect(await names()).toEqual(expected);
      expect(await names([...log.events].reverse())).toEqual(expected);
    });

    it('is not the code of a sale that gave none', async () => {
      sell('85123A', '85123A', 1_000);
      sell('85123A', 'White hanging heart', 2_000);
      sell('85123A', '85123A', 3_000);
      sell('22423', '22423', 3_000);
      expect(await names()).toEqual({ '85123A': 'White hanging heart' });
    });

    it('is that of the last line of the last document, of those of one time', async () => {
      sell('p1', 'Mug', 1_000);
      log.place({
        at: 1_000,
        lines: [
          { productId: 'p1', productName: 'Big mug' },
          { productId: 'p1', productName: 'Huge mug' },
        ],
      });
      expect(await names()).toEqual({ p1: 'Huge mug' });
      expect(await names([...log.events].reverse())).toEqual({ p1: 'Huge mug' });
    });
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
