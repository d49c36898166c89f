import { projections } from '../src/projections/read-models/catalogue';
import { rebuild } from '../src/projections/rebuild/rebuild';
import { type Json, startTestApi, type TestApi } from './support/api';

const WRITERS = 200;
const ORDERS_EACH = 2;
const TIMEOUT_MS = 180_000;

const PLACE = `mutation ($input: PlaceOrderInput!) {
  placeOrder(input: $input) { __typename ... on OrderAccepted { consistencyToken order { revision } } }
}`;
const READ = `query ($order: ID!, $customer: ID!, $consistency: ConsistencyInput!) {
  order(id: $order, consistency: $consistency) { id revision total { amount } }
  categoryRevenue(consistency: $consistency) {
    rows { category gross orders } total { gross orders } asOf { position }
  }
  customer(id: $customer, consistency: $consistency) { rfm { frequency monetary asOf { position } } }
  anomalyBaseline(consistency: $consistency) { population asOf { position } }
}`;

interface Row {
  category: string;
  gross: string;
  orders: number;
}

/** Orders accepted so far, over all writers: a later answer can show more, never fewer. */
let accepted: number;
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ reportingCurrency: 'EUR' });
}, TIMEOUT_MS);
afterAll(() => api.close());
beforeEach(() => {
  accepted = 0;
});

/**
 * Places an order of 1.00 in the writer's own category, and reads with its token: everything has to be there.
 */
async function writeAndRead(prefix: string, writer: number, count: number, before: number): Promise<void> {
  const [order, customer, category] = [
    `${prefix}-${writer}-${count}`,
    `${prefix}-c${writer}`,
    `${prefix}-k${writer}`,
  ];
  const acceptedBefore = accepted;
  const { placeOrder } = await api.ask(PLACE, {
    input: {
      idempotencyKey: order,
      orderId: order,
      customerId: customer,
      country: 'DE',
      currency: 'EUR',
      lines: [{ productId: 'p', category, unitPrice: '1.00', quantity: 1 }],
    },
  });
  expect(placeOrder).toMatchObject({ __typename: 'OrderAccepted', order: { revision: 0 } });
  accepted++;
  const token: string = placeOrder.consistencyToken;
  const read: Json = await api.ask(READ, { order, customer, consistency: { token, timeoutMs: 30_000 } });

  expect(read.order).toEqual({ id: order, revision: 0, total: { amount: '1.00' } });
  const { rows, total, asOf } = read.categoryRevenue;
  for (const position of [
    asOf.position,
    read.customer.rfm.asOf.position,
    read.anomalyBaseline.asOf.position,
  ]) {
    expect(position >= token).toBe(true);
  }
  const own = { category, gross: `${count}.00`, orders: count };
  expect(rows.find((row: Row) => row.category === category)).toEqual(own);
  expect(rows.reduce((sum: number, row: Row) => sum + row.orders, 0)).toBe(total.orders);
  expect(total.gross).toBe(`${total.orders}.00`);
  expect(total.orders).toBeGreaterThanOrEqual(before + acceptedBefore + 1);
  expect(read.customer.rfm).toMatchObject({ frequency: count, monetary: `${count}.00` });
  expect(read.anomalyBaseline.population).toBeGreaterThanOrEqual(before + acceptedBefore + 1);
}

const ordersNow = async (): Promise<number> =>
  (await api.ask('{ categoryRevenue { total { orders } } }')).categoryRevenue.total.orders;

it(
  `with its token each of ${WRITERS} writers at once sees its own write in every read model`,
  async () => {
    const before = await ordersNow();
    const writer = async (_: unknown, index: number) => {
      for (let count = 1; count <= ORDERS_EACH; count++) await writeAndRead('a', index, count, before);
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    expect(await ordersNow()).toBe(before + WRITERS * ORDERS_EACH);
  },
  TIMEOUT_MS,
);

it(
  'and so it does while every read model is rebuilt and switched under it',
  async () => {
    const before = await ordersNow();
    let switched = false;
    const rebuilding = rebuild({
      databaseUrl: api.database.url,
      pool: api.database.pool,
      store: api.store,
      projections,
      batchSize: 500,
    }).finally(() => {
      switched = true;
    });
    const writer = async (_: unknown, index: number) => {
      for (let count = 1; count <= ORDERS_EACH || !switched; count++)
        await writeAndRead('b', index, count, before);
    };
    await Promise.all(Array.from({ length: WRITERS }, writer));
    expect((await rebuilding).map((each) => each.switched)).toEqual(projections.map(() => true));
    expect(await ordersNow()).toBe(before + accepted);
  },
  TIMEOUT_MS,
);
