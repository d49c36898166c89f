import { eventLog } from '../../test/support/events';
import { appendRecorded, createTestStore, type TestStore } from '../../test/support/store';
import { migrate } from '../postgres/migrate';
import { orders } from '../projections/read-models/orders/orders.projection';
import { rebuild } from '../projections/rebuild/rebuild';
import { migrationFolders } from '../runtime/migrations';
import { Budget } from './cost/budget';
import { readOrders } from './queries/orders.query';

let test_: TestStore;
beforeAll(async () => {
  test_ = await createTestStore();
});
afterAll(() => test_.close());

/** The row of an order as version 3 of the read model has it, before migration `0004_bulk_builds`. */
const VERSION_3 = `
DELETE FROM tidemark.migrations WHERE name = '0004_bulk_builds.sql';
ALTER TABLE tidemark.generations DROP COLUMN bulk;
CREATE SCHEMA orders_g1;
CREATE TABLE orders_g1.orders (
  order_id text COLLATE "C" PRIMARY KEY, status text NOT NULL, revision integer NOT NULL,
  customer_id text COLLATE "C", country text NOT NULL, region text, currency text NOT NULL,
  exchange_rate text, gross bigint NOT NULL, discounts bigint NOT NULL, returns bigint NOT NULL,
  shipping bigint NOT NULL, tax bigint NOT NULL, refunded_shipping bigint NOT NULL,
  refunded_tax bigint NOT NULL, total bigint NOT NULL, placed_at timestamptz NOT NULL,
  placed_position text COLLATE "C" NOT NULL, updated_position text COLLATE "C" NOT NULL,
  lines text NOT NULL, history text NOT NULL);
CREATE VIEW read.orders AS SELECT * FROM orders_g1.orders;
INSERT INTO orders_g1.orders VALUES
  ('a', 'SHIPPED', 1, NULL, 'GB', NULL, 'GBP', NULL, 2000, 0, 0, 0, 0, 0, 0, 2000, $PLACED$, $P1$, $P2$,
   $LINES$, $HISTORY$);
INSERT INTO tidemark.generations
  (projection, generation, version, schema_name, status, indexed, store_identity, position, events)
VALUES ('orders', 1, 3, 'orders_g1', 'active', true, $IDENTITY$, $P2$, 2);`;

it('answers lines and history of orders from their old rows until the rebuild has ended', async () => {
  const { database, store } = test_;
  const log = eventLog(false);
  const placed = log.place({ orderId: 'a', lines: [{ price: 1000, quantity: 2 }] });
  const shipped = log.ship('a', { carrier: 'DHL' });
  await appendRecorded(store, log.events);
  const [p1, p2] = ['1', '2'].map((digits) => digits.padStart(19, '0'));
  const history = [
    { type: 'OrderPlaced', at: placed.occurredAt, revision: 0, position: p1 },
    { type: 'OrderShipped', at: shipped.occurredAt, revision: 1, position: p2, details: { carrier: 'DHL' } },
  ];
  const values: Record<string, string> = {
    PLACED: new Date(placed.occurredAt).toISOString(),
    P1: p1 ?? '',
    P2: p2 ?? '',
    LINES: JSON.stringify(placed.data.lines),
    HISTORY: JSON.stringify(history),
    IDENTITY: await store.identity(),
  };
  await database.pool.query(VERSION_3.replace(/\$(\w+)\$/g, (_, name) => `'${values[name]}'`));
  await migrate(database.pool, migrationFolders);

  const read = async () => {
    const [order] = await readOrders(database.pool, ['a'], { lines: true, history: true }, new Budget());
    return JSON.parse(
      JSON.stringify({ ...order, lines: order?.lines.map(({ gross }) => gross), asOf: null }),
    );
  };
  const before = await read();
  expect(before).toMatchObject({
    lines: ['20.00'],
    history: [
      { type: 'OrderPlaced', at: placed.occurredAt, revision: 0, carrier: null },
      { type: 'OrderShipped', at: shipped.occurredAt, revision: 1, carrier: 'DHL' },
    ],
  });

  const [rebuilt] = await rebuild({
    databaseUrl: database.url,
    pool: database.pool,
    store,
    projections: [orders],
  });
  expect(rebuilt).toMatchObject({ generation: 2, switched: true });
  expect(await read()).toEqual(before);
});
