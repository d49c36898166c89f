import { eventually, type Json, Subscribed, startTestApi, type TestApi } from '../../../test/support/api';
import { Shop } from '../../../test/support/shop';

let api: TestApi;
let shop: Shop;

/** Callbacks that the server has at the progress of projections right now. */
const listening = new Set<() => void>();

beforeAll(async () => {
  api = await startTestApi();
  shop = new Shop(api);
  const onAdvance = api.progress.onAdvance.bind(api.progress);
  api.progress.onAdvance = (projection, callback) => {
    const stop = onAdvance(projection, callback);
    listening.add(callback);
    return () => {
      listening.delete(callback);
      stop();
    };
  };
});
afterAll(() => api.close());

const subscribe = (query: string, variables?: Record<string, unknown>) =>
  new Subscribed(api.connect(), query, variables);

/** Reads until a value meets a condition, and returns all values read. */
async function readUntil(subscription: Subscribed, isLast: (value: Json) => boolean): Promise<Json[]> {
  for (const values: Json[] = []; ; ) {
    values.push(await subscription.next());
    if (isLast(values.at(-1))) return values;
  }
}

/** Places orders whose totals leap, so that some are anomalies when they arrive. */
async function placeSome(prefix: string, count: number): Promise<string> {
  let token = '';
  for (let i = 0; i < count; i++) {
    const price = i > 6 && i % 4 === 0 ? `${1000 * 3 ** (i / 4)}.00` : `${10 + (i % 3)}.00`;
    token = await shop.place(`${prefix}${i}`, { customerId: `c${i % 5}`, price });
  }
  return token;
}

describe('orderChanged', () => {
  const QUERY =
    'subscription($id: ID!) { orderChanged(id: $id) { id status revision history { type } ' +
    'customer { id rfm { frequency } } } }';

  it('shows the order as it is, then each change', async () => {
    await shop.place('a1', { customerId: 'ada' });
    const changes = subscribe(QUERY, { id: 'a1' });
    expect((await changes.next()).orderChanged).toMatchObject({ id: 'a1', status: 'PLACED', revision: 0 });
    await shop.pay('a1');
    expect((await changes.next()).orderChanged).toMatchObject({ status: 'PAID', revision: 1 });
    await shop.ship('a1');
    const { orderChanged } = await changes.next();
    expect(orderChanged).toMatchObject({ status: 'SHIPPED', revision: 2, customer: { id: 'ada' } });
    expect(orderChanged.history).toEqual([
      { type: 'OrderPlaced' },
      { type: 'OrderPaid' },
      { type: 'OrderShipped' },
    ]);
    await changes.end();
  });

  it('waits for an order that is yet to come', async () => {
    const changes = subscribe(QUERY, { id: 'a2' });
    const first = changes.next();
    await eventually(() => listening.size > 0);
    await shop.place('another');
    await shop.place('a2');
    expect((await first).orderChanged).toMatchObject({ id: 'a2', status: 'PLACED' });
    await changes.end();
  });

  it('reaches everybody who watches, also who comes later', async () => {
    await shop.place('a3');
    const early = subscribe(QUERY, { id: 'a3' });
    await early.next();
    await shop.pay('a3');
    await early.next();
    const late = subscribe(QUERY, { id: 'a3' });
    expect((await late.next()).orderChanged.status).toBe('PAID');
    await shop.ship('a3');
    const both = await Promise.all([early.next(), late.next()]);
    expect(both.map(({ orderChanged }) => orderChanged.status)).toEqual(['SHIPPED', 'SHIPPED']);
    await Promise.all([early.end(), late.end()]);
  });

  it('shows what its edges are by then', async () => {
    await shop.place('a4', { customerId: 'edna' });
    const changes = subscribe(QUERY, { id: 'a4' });
    await changes.next();
    const token = await shop.place('a5', { customerId: 'edna' });
    await api.ask(`{ rfm(consistency: { token: "${token}" }) { currency } }`);
    await shop.pay('a4');
    expect((await changes.next()).orderChanged.customer.rfm.frequency).toBe(2);
    await changes.end();
  });
});

describe('liveMetrics', () => {
  const QUERY = `subscription($everyMs: Int!, $currency: String) { liveMetrics(everyMs: $everyMs,
  currency: $currency) {
    currency orders gross discounts returns net units byCategory { category net } anomalies lag { events
    seconds } asOf { position time } } }`;

  it('shows the numbers, then each time they have changed, until they are those of the queries', async () => {
    const metrics = subscribe(QUERY, { everyMs: 50 });
    const [first] = await readUntil(metrics, () => true);
    const before = first.liveMetrics.orders;
    let token = '';
    for (let i = 0; i < 20; i++) token = await shop.place(`m${i}`, { category: i % 2 ? 'Books' : 'Maps' });
    const values = await readUntil(metrics, ({ liveMetrics }) => liveMetrics.asOf.position >= token);
    await metrics.end();

    const counts = [first, ...values].map(({ liveMetrics }) => liveMetrics.orders);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    const { liveMetrics } = values.at(-1);
    const { categoryRevenue, anomalies } = await api.ask(`{
      categoryRevenue(consistency: { token: "${token}" }) { currency rows { category net } total { gross
      discounts returns net units orders } }
      anomalies(first: 1, consistency: { token: "${token}" }) { totalCount } }`);
    expect(liveMetrics).toMatchObject({ ...categoryRevenue.total, currency: 'EUR' });
    expect(liveMetrics.byCategory).toEqual(categoryRevenue.rows);
    expect(liveMetrics.anomalies).toBe(anomalies.totalCount);
    expect(liveMetrics.orders).toBe(before + 20);
  });

  it('tells of another currency by itself', async () => {
    await shop.place('yen', { currency: 'JPY', price: '700' });
    const metrics = subscribe(QUERY, { everyMs: 50, currency: 'JPY' });
    const values = await readUntil(metrics, ({ liveMetrics }) => liveMetrics.orders === 1);
    expect(values.at(-1).liveMetrics).toMatchObject({ currency: 'JPY', gross: '700', net: '700' });
    await metrics.end();
  });
});

describe('orderAnomalies', () => {
  const QUERY =
    'subscription($after: String) { orderAnomalies(after: $after) { order { id status } ' +
    'amount zScore reason position } }';

  it('loses none and repeats none, while orders come in and clients come and go', async () => {
    const seen: Json[] = [];
    let after = '';
    const placing = placeSome('x', 40);
    for (let isDone = false; !isDone; ) {
      const anomalies = subscribe(QUERY, { after });
      for (let i = 0; i < 3 && !isDone; i++) {
        const { orderAnomalies } = await anomalies.next();
        seen.push(orderAnomalies);
        after = orderAnomalies.position;
        isDone = orderAnomalies.order.id === 'x36';
      }
      await anomalies.end();
    }
    const token = await placing;
    const { anomalies } = await api.ask(
      `{ anomalies(basis: AT_ARRIVAL, first: 1000, consistency: { token: "${token}" }) ` +
        '{ edges { node { order { id } position } } } }',
    );
    const expected = anomalies.edges.map((edge: Json) => edge.node.position).reverse();
    expect(seen.map(({ position }) => position)).toEqual(expected);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.at(-1)).toMatchObject({ order: { id: 'x36', status: 'PLACED' } });
  });

  it('begins now where no position is given', async () => {
    const { anomalyBaseline } = await api.ask('{ anomalyBaseline { high } }');
    const anomalies = subscribe(QUERY);
    const first = anomalies.next();
    await eventually(() => listening.size > 0);
    await shop.place('now', { price: `${Math.ceil(Number(anomalyBaseline.high)) * 3}.00` });
    expect((await first).orderAnomalies.order.id).toBe('now');
    await anomalies.end();
  });
});

describe('segmentMoves', () => {
  const QUERY =
    'subscription($after: String) { segmentMoves(after: $after) { customer { id name } ' +
    'customerId fromSegment toSegment fromTier toTier cause documentId position at } }';

  it('tells every move in the order of the log, from any position on', async () => {
    const token = await placeSome('s', 12);
    await api.ask(`{ rfm(consistency: { token: "${token}" }) { currency } }`);
    const { rows } = await api.database.pool.query('SELECT * FROM read.rfm_moves ORDER BY position');
    expect(rows.length).toBeGreaterThan(3);
    const follow = async (after: string, count: number) => {
      const moves = subscribe(QUERY, { after });
      const read: Json[] = [];
      while (read.length < count) read.push((await moves.next()).segmentMoves);
      await moves.end();
      return read;
    };
    const all = await follow('', rows.length);
    expect(all.map(({ position }) => position)).toEqual(rows.map(({ position }) => position));
    const second = rows[1];
    expect(all[1]).toMatchObject({
      customer: { id: second.customer_id },
      customerId: second.customer_id,
      fromSegment: second.from_segment,
      toSegment: second.to_segment,
      fromTier: second.from_tier,
      toTier: second.to_tier,
      cause: second.cause,
      documentId: second.document_id,
    });
    const later = await follow(second.position, rows.length - 2);
    expect(later.map(({ position }) => position)).toEqual(rows.slice(2).map(({ position }) => position));
  });
});

it.each([
  ['subscription { liveMetrics(everyMs: 19) { orders } }', 'everyMs: must be 20 or more'],
  ['subscription { liveMetrics(currency: "ABC") { orders } }', 'currency: must be an ISO 4217 code'],
  ['subscription { orderAnomalies(after: "yesterday") { amount } }', 'after: must be a position'],
  ['subscription { segmentMoves(after: "MQ") { cause } }', 'after: must be a position'],
])('refuses %s', async (query, message) => {
  const refused = subscribe(query).next();
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toThrow('BAD_USER_INPUT');
});

it('leaves nothing behind when clients stop, or just vanish', async () => {
  await shop.place('leak');
  const queries = [
    'subscription { orderChanged(id: "leak") { id } }',
    'subscription { orderChanged(id: "never") { id } }',
    'subscription { liveMetrics { orders } }',
    'subscription { orderAnomalies { amount } }',
    'subscription { segmentMoves { cause } }',
  ];
  const client = api.connect();
  const subscriptions = queries.map((query) => new Subscribed(client, query));
  const pending = subscriptions.map((subscription) => subscription.next().catch(() => {}));
  const vanishing = api.connect();
  for (const query of queries) vanishing.subscribe({ query }, { next() {}, error() {}, complete() {} });
  const running = async () => {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    const counts = [...text.matchAll(/^tidemark_subscriptions\{.*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  await eventually(async () => (await running()) === 2 * queries.length);
  // One for all watched orders, two for live metrics, one for each list that is followed.
  expect(listening.size).toBe(7);
  vanishing.terminate();
  await Promise.all(subscriptions.map((subscription) => subscription.end()));
  await Promise.all(pending);
  await eventually(async () => (await running()) === 0 && listening.size === 0);
});
