import { eventLog } from '../../test/support/events';
import { createTestShop, type TestShop } from '../../test/support/warehouse/shop';
import { tables, views } from './model/catalogue';

const DAY = 86_400_000;
const MARCH = Date.UTC(2024, 2, 30, 12);

describe('the star schema and its views', () => {
  let shop: TestShop;

  beforeAll(async () => {
    const log = eventLog();
    const customer = (customerId: string, name: string, country: string | null) =>
      log.append('CustomerRegistered', `customer-${customerId}`, {
        customerId,
        name,
        email: `${customerId}@shop.example`,
        country,
        region: null,
      });
    const product = { productId: 'p1', currency: 'GBP' };
    customer('ada', 'Ada', 'GB');
    log.append('ProductListed', 'product-p1', { ...product, name: 'Lamp', category: 'Home', price: '9.00' });
    log.place({ at: MARCH, customerId: 'ada', lines: [{ category: 'Home', quantity: 2 }] });
    log.append('CustomerDetailsChanged', 'customer-ada', { customerId: 'ada', name: 'Ada L.' }, MARCH + DAY);
    log.append(
      'CustomerDetailsChanged',
      'customer-ada',
      { customerId: 'ada', country: 'DE', email: null },
      MARCH + 2 * DAY,
    );
    log.append('ProductPriceChanged', 'product-p1', { ...product, price: '10.00', previousPrice: '9.00' });
    log.append('ProductRecategorised', 'product-p1', {
      productId: 'p1',
      category: 'Light',
      previousCategory: 'Home',
    });
    log.place({
      at: MARCH + 3 * DAY,
      customerId: 'ada',
      country: 'DE',
      region: 'Bayern',
      lines: [
        { category: 'Light', discount: 100 },
        { productId: 'p7', category: 'Home', price: 500 },
      ],
    });
    log.return('o1', [{ lineNumber: 1, quantity: 1 }], { at: MARCH + 4 * DAY, shipping: 300 });
    log.place({ at: MARCH + 5 * DAY, customerId: 'bob', currency: 'EUR' });
    log.place({ at: MARCH + 5 * DAY, customerId: 'bob', country: 'FR', lines: [{ quantity: 50 }] });
    log.return('o4', undefined, { at: MARCH + 6 * DAY, tax: 99 });
    log.cancel('o4', { at: MARCH + 7 * DAY });
    log.place({ at: MARCH + 5 * DAY });
    shop = await createTestShop(log.events);
  });
  afterAll(() => shop.remove());

  const rows = (sql: string) => shop.rows(sql);

  it('keeps a customer once for every place, with the name and e-mail of today', async () => {
    expect(
      await rows(
        `SELECT customer_key, name, email, country, CAST(valid_from AS DATE) AS since, is_current
           FROM dim_customer WHERE customer_id = 'ada' ORDER BY valid_from`,
      ),
    ).toEqual([
      {
        customer_key: 'ada#0',
        name: 'Ada L.',
        email: null,
        country: 'GB',
        since: '1970-01-01',
        is_current: 'false',
      },
      {
        customer_key: 'ada#2',
        name: 'Ada L.',
        email: null,
        country: 'DE',
        since: '2024-04-01',
        is_current: 'true',
      },
    ]);
  });

  it('keeps a product once for every category, with the name of its last sale, its price and the one before', async () => {
    expect(
      await rows(
        `SELECT product_key, name, category, price, previous_price, CAST(price_since AS DATE) AS since
           FROM dim_product WHERE product_id = 'p1' ORDER BY valid_from`,
      ),
    ).toEqual([
      {
        product_key: 'p1#0',
        name: 'Product p1',
        category: 'Home',
        price: '10.0000',
        previous_price: '9.0000',
        since: '2024-04-01',
      },
      {
        product_key: 'p1#2',
        name: 'Product p1',
        category: 'Light',
        price: '10.0000',
        previous_price: '9.0000',
        since: '2024-04-01',
      },
    ]);
  });

  it('knows who and what was only seen on orders, and guests', async () => {
    expect(
      await rows(
        `SELECT customer_key, name, country FROM dim_customer WHERE registered_at IS NULL ORDER BY 1`,
      ),
    ).toEqual([
      { customer_key: 'bob#0', name: null, country: 'GB' },
      { customer_key: 'guest', name: 'Guest', country: null },
    ]);
    expect(await rows(`SELECT product_key, name, price FROM dim_product WHERE product_id = 'p7'`)).toEqual([
      { product_key: 'p7#0', name: 'Product p7', price: null },
    ]);
    expect(await rows(`SELECT customer_key FROM fact_orders WHERE order_id = 'o5'`)).toEqual([
      { customer_key: 'guest' },
    ]);
  });

  it('has refunds of shipping and tax beside the sales', async () => {
    expect(
      await rows(
        `SELECT document_id, order_id, date_key, customer_id, currency, shipping, tax, order_cancelled
           FROM refunds ORDER BY document_id`,
      ),
    ).toEqual([
      {
        document_id: 'o1/1',
        order_id: 'o1',
        date_key: '20240403',
        customer_id: 'ada',
        currency: 'GBP',
        shipping: '3.0000',
        tax: '0.0000',
        order_cancelled: 'false',
      },
      {
        document_id: 'o4/1',
        order_id: 'o4',
        date_key: '20240405',
        customer_id: 'bob',
        currency: 'GBP',
        shipping: '0.0000',
        tax: '0.9900',
        order_cancelled: 'true',
      },
    ]);
  });

  it('marks what was cancelled, and its returns', async () => {
    expect(await rows('SELECT DISTINCT order_id FROM fact_orders WHERE is_cancelled')).toEqual([
      { order_id: 'o4' },
    ]);
    expect(await rows('SELECT order_id, order_cancelled FROM fact_returns ORDER BY order_id')).toEqual([
      { order_id: 'o1', order_cancelled: 'false' },
      { order_id: 'o4', order_cancelled: 'true' },
    ]);
  });

  it('posts a return and a cancellation in a month of their own in the books, which no later month changes', async () => {
    const of = (view: string) =>
      rows(
        `SELECT month, category, gross, returns, net, units, units_returned, orders FROM ${view}
          WHERE country IN ('GB', 'FR') AND currency = 'GBP' ORDER BY month, category, country`,
      );
    const row = (month: string, category: string, ...amounts: string[]) => {
      const [gross, returns, net, units, units_returned, orders] = amounts;
      return { month, category, gross, returns, net, units, units_returned, orders };
    };
    expect(await of('monthly_books')).toEqual([
      row('2024-03-01', 'Home', '20.0000', '0.0000', '20.0000', '2', '0', '1'),
      row('2024-04-01', 'Books', '0.0000', '0.0000', '0.0000', '0', '0', '0'),
      row('2024-04-01', 'Books', '10.0000', '0.0000', '10.0000', '1', '0', '1'),
      row('2024-04-01', 'Home', '0.0000', '10.0000', '-10.0000', '0', '1', '0'),
    ]);
    expect(await of('monthly_sales')).toEqual([
      row('2024-03-01', 'Home', '20.0000', '10.0000', '10.0000', '2', '1', '1'),
      row('2024-04-01', 'Books', '10.0000', '0.0000', '10.0000', '1', '0', '1'),
    ]);
    expect(
      await rows(
        `SELECT posting, date_key, order_date_key, gross, returns, units, units_returned FROM books
          WHERE order_id = 'o4' ORDER BY date_key, gross`,
      ),
    ).toEqual(
      [
        ['ORDER', '20240404', '500.0000', '0.0000', '50', '0'],
        ['RETURN', '20240405', '0.0000', '500.0000', '0', '50'],
        ['CANCELLATION', '20240406', '-500.0000', '0.0000', '-50', '0'],
        ['CANCELLATION', '20240406', '0.0000', '-500.0000', '0', '-50'],
      ].map(([posting, date_key, gross, returns, units, units_returned]) => {
        return { posting, date_key, order_date_key: '20240404', gross, returns, units, units_returned };
      }),
    );
  });

  it('has the amounts of every view of sales in the reporting currency, too; what has no rate is left out', async () => {
    const expected = {
      currency: 'EUR',
      gross: '10.0000',
      gross_reporting: '0.0000',
      net_reporting: '0.0000',
    };
    for (const view of ['category_revenue', 'product_performance', 'monthly_sales', 'monthly_books'])
      expect(
        await rows(
          `SELECT currency, gross, gross_reporting, net_reporting FROM ${view} WHERE currency = 'EUR'`,
        ),
      ).toEqual([expected]);
    expect(await rows(`SELECT net, net_reporting FROM monthly_books WHERE month = '2024-03-01'`)).toEqual([
      { net: '20.0000', net_reporting: '20.0000' },
    ]);
  });

  it('counts a return in the month of its order', async () => {
    expect(
      await rows(
        `SELECT month, category, country, region, currency, returns, net, orders FROM monthly_sales
          WHERE currency = 'GBP' AND category <> 'Books' ORDER BY month, category`,
      ),
    ).toEqual([
      {
        month: '2024-03-01',
        category: 'Home',
        country: 'GB',
        region: null,
        currency: 'GBP',
        returns: '10.0000',
        net: '10.0000',
        orders: '1',
      },
      {
        month: '2024-04-01',
        category: 'Home',
        country: 'DE',
        region: 'Bayern',
        currency: 'GBP',
        returns: '0.0000',
        net: '5.0000',
        orders: '1',
      },
      {
        month: '2024-04-01',
        category: 'Light',
        country: 'DE',
        region: 'Bayern',
        currency: 'GBP',
        returns: '0.0000',
        net: '9.0000',
        orders: '1',
      },
    ]);
  });

  it('adds up products over their categories, each currency on its own', async () => {
    expect(
      await rows(
        `SELECT product_id, product_name, category, currency, gross, discounts, returns, net, units, units_returned, orders
           FROM product_performance WHERE product_id = 'p1' ORDER BY currency`,
      ),
    ).toEqual([
      {
        product_id: 'p1',
        product_name: 'Product p1',
        category: 'Light',
        currency: 'EUR',
        gross: '10.0000',
        discounts: '0.0000',
        returns: '0.0000',
        net: '10.0000',
        units: '1',
        units_returned: '0',
        orders: '1',
      },
      {
        product_id: 'p1',
        product_name: 'Product p1',
        category: 'Light',
        currency: 'GBP',
        gross: '40.0000',
        discounts: '1.0000',
        returns: '10.0000',
        net: '29.0000',
        units: '4',
        units_returned: '1',
        orders: '3',
      },
    ]);
  });

  it('knows who came again, and who ordered to several places', async () => {
    const expected = { customer_id: 'ada', name: 'Ada L.', orders: '2', net_reporting: '24.0000' };
    expect(await rows('SELECT customer_id, name, orders, net_reporting FROM repeat_customers')).toEqual([
      expected,
    ]);
    expect(
      await rows('SELECT customer_id, name, orders, net_reporting, places FROM multi_region_customers'),
    ).toEqual([{ ...expected, places: '2' }]);
  });

  it('has the columns and types that the model says', async () => {
    for (const { name, columns } of [...tables, ...views]) {
      const found = await rows(`SELECT column_name FROM (DESCRIBE ${name})`);
      expect({ name, columns: found.map((row) => row.column_name) }).toEqual({
        name,
        columns: columns.map((column) => column.name),
      });
    }
    expect(
      await rows(`SELECT column_type FROM (DESCRIBE category_revenue) WHERE column_name = 'net'`),
    ).toEqual([{ column_type: 'DECIMAL(38,4)' }]);
  });

  it('never adds up money as floating point', async () => {
    const doubles = await rows(
      `SELECT table_name, column_name FROM duckdb_columns() WHERE data_type IN ('DOUBLE', 'FLOAT') AND schema_name = 'main'
          AND NOT internal ORDER BY ALL`,
    );
    expect(doubles.map((row) => `${row.table_name}.${row.column_name}`)).toEqual([
      'anomalies.mean',
      'anomalies.standard_deviation',
      'anomalies.z_score',
    ]);
  });
});
