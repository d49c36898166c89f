import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { eventually, startTestApi, type TestApi } from '../../test/support/api';
import { whileHeldBack } from '../../test/support/hold-back';
import { Bridges } from '../../test/support/kafka/bridges';
import { startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { describeKafka } from '../../test/support/kafka/suite';
import { Shop } from '../../test/support/shop';
import type { KafkaOptions } from '../kafka/kafka-options';
import { type PartitionProjector, startPartitionProjector } from '../projections/live/partition-projector';
import { isPerKey } from '../projections/live/start-projectors';
import { projections } from '../projections/read-models/catalogue';

/** Without ticks, a partition without new events does not advance, and the lowest position stays behind. */
const NO_TICKS = 3_600_000;
jest.setTimeout(120_000);

describeKafka('consistency where Kafka feeds the read models', () => {
  let broker: TestKafka;
  let api: TestApi;
  let bridges: Bridges;
  let projector: PartitionProjector;
  let shop: Shop;

  beforeAll(async () => {
    broker = await startKafka();
    const topicPrefix = `${broker.topicPrefix}${randomBytes(4).toString('hex')}.`;
    const kafka: KafkaOptions = { brokers: broker.brokers, topicPrefix, ssl: false, clientId: 'token specs' };
    api = await startTestApi({ isFedElsewhere: isPerKey });
    bridges = new Bridges(api, kafka, { partitions: 4 });
    bridges.start({ tickMs: NO_TICKS });
    const { database, store } = api;
    projector = startPartitionProjector({
      databaseUrl: database.url,
      pool: database.pool,
      store,
      kafka,
      projections: projections.filter(isPerKey),
      logger: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    });
    shop = new Shop(api);
    await eventually(() => api.progress.knowsPartitions);
  });
  afterAll(async () => {
    await projector?.stop();
    await bridges?.close();
    await broker.stop();
  });

  it('a query with the token of a write has it, although other partitions lag', async () => {
    const query = `query($id: ID!, $customer: ID!, $c: ConsistencyInput!) {
      order(id: $id, consistency: $c) { id customer { id country rfm { frequency } } }
      customer(id: $customer, consistency: $c) { orders { edges { node { id } } } }
      categoryRevenue(consistency: $c) { total { orders } }
      rfm(consistency: $c) { population } }`;
    for (let i = 1; i <= 8; i++) {
      const id = `o${i}`;
      const token = await shop.place(id, { customerId: id, price: `${i}.00` });
      expect(token).toMatch(/^\d{19}\.orders\.[0-7][0-9a-f]{7}$/);
      expect(await api.ask(query, { id, customer: id, c: { token, timeoutMs: 20_000 } })).toEqual({
        order: { id, customer: { id, country: 'DE', rfm: { frequency: 1 } } },
        customer: { orders: { edges: [{ node: { id } }] } },
        categoryRevenue: { total: { orders: i } },
        rfm: { population: i },
      });
    }
  });

  it('an answer under a token shows the write, also beside a field that had read before', async () => {
    const query = `query($id: ID!, $c: ConsistencyInput!) {
      now: order(id: $id) { status customer { rfm { frequency } } }
      sure: order(id: $id, consistency: $c) { status customer { rfm { frequency } } } }`;
    for (let i = 1; i <= 4; i++) {
      const id = `paid${i}`;
      const placed = await shop.place(id, { customerId: 'payer', price: '4.00' });
      await api.ask(query, { id, c: { token: placed, timeoutMs: 20_000 } });
      const [answer] = await whileHeldBack(api, ['orders', 'rfm'], async () => {
        await shop.place(`${id} again`, { customerId: 'payer', price: '5.00' });
        const token = await shop.pay(id);
        const asked = api.ask(query, { id, c: { token, timeoutMs: 20_000 } });
        expect(await api.ask('query($id: ID!) { order(id: $id) { status } }', { id })).toEqual({
          order: { status: 'PLACED' },
        });
        return [asked];
      });
      expect((await answer).sure).toEqual({ status: 'PAID', customer: { rfm: { frequency: 2 * i } } });
    }
  });

  it('an anomaly shows its order, although other partitions lag', async () => {
    const token = await shop.place('huge', { price: '90000.00' });
    const query = `query($c: ConsistencyInput!) {
      anomalies(basis: AT_ARRIVAL, consistency: $c) { edges { node { order { id status } } } } }`;
    expect(await api.ask(query, { c: { token, timeoutMs: 20_000 } })).toEqual({
      anomalies: { edges: [{ node: { order: { id: 'huge', status: 'PLACED' } } }] },
    });
  });

  it('a position alone waits for all partitions', async () => {
    const token = await shop.place('last');
    const [position] = token.split('.');
    const query = `query($c: ConsistencyInput!) { order(id: "last", consistency: $c) { id } }`;
    expect(await api.ask(query, { c: { token, timeoutMs: 20_000 } })).toEqual({ order: { id: 'last' } });
    const { errors } = await api.post(query, { c: { token: position, timeoutMs: 300 } });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'PROJECTION_LAGGING',
      projection: 'orders',
      token: position,
    });
  });
});
