import pino from 'pino';
import { orderLog } from '../../bench/support/order-log';
import { accepted, placeOrderInput } from '../../test/support/commands';
import {
  type AggregateRecord,
  readAggregates,
  spawnPublisher,
  untilPublished,
} from '../../test/support/kafka/aggregates';
import { type OwnBroker, startOwnBroker, type TestKafka } from '../../test/support/kafka/broker';
import { useShopOnKafka } from '../../test/support/kafka/shop-on-kafka';
import { describeKafka } from '../../test/support/kafka/suite';
import { until } from '../../test/support/until';
import { type CommandContext, cancelOrder, createCommandContext, payOrder, placeOrder } from '../commands';
import { sourceOf } from '../kafka/record';
import { startProjectors } from '../projections/live/start-projectors';
import { projections } from '../projections/read-models/catalogue';
import { rebuild } from '../projections/rebuild/rebuild';
import { type AggregatePublisher, startAggregatePublisher } from './change-publisher';

jest.setTimeout(180_000);

describeKafka('the aggregate publisher', () => {
  const here = useShopOnKafka('aggregate specs', { partitions: 3 });
  let commands: CommandContext;

  const logger = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

  beforeEach(() => {
    commands = createCommandContext({ store: here.shop.store });
  });

  const project = () => {
    here.bridges.start();
    const { database, store } = here.shop;
    here.running.push(
      startProjectors({ databaseUrl: database.url, pool: database.pool, store, kafka: here.kafka, logger }),
    );
  };

  const publish = (): AggregatePublisher => {
    const { database, listener, store } = here.shop;
    const publisher = startAggregatePublisher({
      databaseUrl: database.url,
      listener,
      store,
      kafka: here.kafka,
      logger,
    });
    here.running.push(publisher);
    return publisher;
  };

  const place = async (orderId: string, customerId: string, quantity = 3) =>
    accepted(await placeOrder(commands, placeOrderInput({ orderId, customerId }, quantity)));
  const pay = async (orderId: string) => accepted(await payOrder(commands, { idempotencyKey: 'p', orderId }));
  const cancel = async (orderId: string) =>
    accepted(await cancelOrder(commands, { idempotencyKey: 'c', orderId }));

  async function appendOrders(orders: number): Promise<void> {
    for (const { stream, expected, event } of orderLog(orders))
      await here.shop.store.append(stream, expected, [event]);
  }

  const untilAllPublished = async () =>
    untilPublished(here.shop.database.pool, (await here.shop.store.head())?.position ?? '');

  const ofType = (records: AggregateRecord[], type: string) =>
    records.filter(({ event }) => event.type === type);
  const ids = (records: AggregateRecord[]) => records.map(({ event }) => event.id);

  /** Holds the last record of each order against the read model. */
  async function expectNewestAreRows(records: AggregateRecord[]): Promise<void> {
    const changes = ofType(records, 'tidemark.order.changed');
    const newest = new Map(
      changes.map(({ key, event: { data } }) => [key, [data.status, data.revision, data.updatedPosition]]),
    );
    const { rows } = await here.shop.database.pool.query(
      'SELECT order_id, status, revision, updated_position FROM read.orders ORDER BY order_id',
    );
    expect(rows.length).toBeGreaterThan(0);
    const sorted = [...newest].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    expect(sorted).toEqual(
      rows.map((row) => [row.order_id, [row.status, row.revision, row.updated_position]]),
    );
  }

  it('says of each order what the read model shows, in the order of the log', async () => {
    publish();
    project();
    for (let i = 1; i <= 6; i++) await place(`o${i}`, 'ann');
    await pay('o1');
    await cancel('o2');
    const { position } = await pay('o3').then(async () => (await here.shop.store.head()) ?? { position: '' });
    await untilAllPublished();

    const records = await readAggregates(here.kafka);
    await expectNewestAreRows(records);
    const paid = records.filter(({ key }) => key === 'o3').at(-1);
    expect(paid).toMatchObject({
      headers: {
        'content-type': 'application/cloudevents+json; charset=UTF-8',
        type: 'tidemark.order.changed',
        position,
      },
      event: {
        specversion: '1.0',
        id: `tidemark.order.changed/o3/${position}`,
        type: 'tidemark.order.changed',
        source: sourceOf(await here.shop.store.identity()),
        subject: 'o3',
        datacontenttype: 'application/json',
        position,
        data: {
          orderId: 'o3',
          status: 'PAID',
          revision: 1,
          customerId: 'ann',
          country: 'DE',
          region: null,
          currency: 'EUR',
          gross: '30.00',
          discounts: '0.00',
          returns: '0.00',
          shipping: '0.00',
          tax: '0.00',
          total: '30.00',
          updatedPosition: position,
        },
      },
    });
    for (const partition of [0, 1, 2]) {
      const changes = ofType(records, 'tidemark.order.changed').filter((one) => one.partition === partition);
      const positions = changes.map(({ event }) => event.position);
      expect(positions).toEqual([...positions].sort());
    }
  });

  it('tells of an order once that changed many times before it was read', async () => {
    await appendOrders(300);
    project();
    publish();
    await untilAllPublished();
    const records = await readAggregates(here.kafka);
    await expectNewestAreRows(records);
    expect(ofType(records, 'tidemark.order.changed').length).toBe(300);
  });

  it('publishes every segment move and every anomaly at arrival', async () => {
    publish();
    project();
    for (let i = 1; i <= 8; i++) await place(`o${i}`, `c${i % 3}`, 2 + (i % 2));
    await place('huge', 'c1', 900);
    await untilAllPublished();

    const records = await readAggregates(here.kafka);
    const { pool } = here.shop.database;
    const moves = await pool.query('SELECT position, customer_id, to_segment FROM read.rfm_moves ORDER BY 1');
    const moved = ofType(records, 'tidemark.rfm.moved').map(({ key, event }) => ({
      position: event.position,
      customer_id: key,
      to_segment: event.data.toSegment,
    }));
    expect(moves.rows.length).toBeGreaterThan(0);
    expect(moved.sort((a, b) => (a.position < b.position ? -1 : 1))).toEqual(moves.rows);
    const arrivals = await pool.query('SELECT position FROM read.anomaly_arrivals ORDER BY 1');
    const found = ofType(records, 'tidemark.anomaly.found');
    expect(found.map(({ event }) => event.position).sort()).toEqual(
      arrivals.rows.map(({ position }) => position),
    );
    expect(found.find(({ key }) => key === 'huge')?.event.data).toMatchObject({
      orderId: 'huge',
      currency: 'EUR',
      amount: '9000.00',
      population: 8,
      mean: '25.000000',
      zScore: expect.stringMatching(/^\d+\.\d{6}$/),
    });
  });

  it('publishes nothing twice when it is stopped and another goes on', async () => {
    project();
    let publisher = publish();
    for (let i = 1; i <= 30; i++) {
      await place(`o${i}`, `c${i % 4}`);
      if (i % 10 !== 0) continue;
      const next = publish();
      await publisher.stop();
      publisher = next;
      await pay(`o${i}`);
    }
    await untilAllPublished();
    const records = await readAggregates(here.kafka);
    await expectNewestAreRows(records);
    expect(new Set(ids(records)).size).toBe(records.length);
  });

  it('publishes nothing again when the read models were rebuilt and switched', async () => {
    project();
    publish();
    for (let i = 1; i <= 10; i++) await place(`o${i}`, `c${i % 4}`);
    await untilAllPublished();
    const before = ids(await readAggregates(here.kafka));
    const { database, store } = here.shop;
    await rebuild({ databaseUrl: database.url, pool: database.pool, store, projections });
    await pay('o1');
    await untilAllPublished();
    const after = ids(await readAggregates(here.kafka));
    const head = (await store.head())?.position;
    expect(after.filter((id) => !before.includes(id))).toEqual([`tidemark.order.changed/o1/${head}`]);
    expect(after.length).toBe(before.length + 1);
  });

  it('loses nothing when it is killed again and again', async () => {
    project();
    const { pool } = here.shop.database;
    const checkpoint = async () =>
      (await pool.query(`SELECT max(position) AS position FROM tidemark.aggregate_checkpoints`)).rows[0]
        .position;
    for (let kill = 0; kill < 3; kill++) {
      const before = await checkpoint();
      const child = spawnPublisher(here.shop.database.url, here.kafka);
      here.children.push(child);
      const appending = Promise.all(
        Array.from({ length: 400 }, (_, i) => place(`o${kill}-${i}`, `c${i % 9}`, 1 + (i % 5))),
      );
      await until(async () => (await checkpoint()) !== before);
      child.kill('SIGKILL');
      await appending;
      for (let i = 0; i < 20; i++) await pay(`o${kill}-${i}`);
    }
    publish();
    await untilAllPublished();
    const records = await readAggregates(here.kafka);
    await expectNewestAreRows(records);
    const arrivals = await pool.query('SELECT position FROM read.anomaly_arrivals ORDER BY 1');
    const found = new Set(ofType(records, 'tidemark.anomaly.found').map(({ event }) => event.position));
    expect([...found].sort()).toEqual(arrivals.rows.map(({ position }) => position));
  });

  describeKafka(
    'whose broker dies',
    () => {
      let shared: TestKafka;
      let own: OwnBroker;
      beforeAll(async () => {
        own = await startOwnBroker();
        [shared, here.broker] = [here.broker, own];
      });
      afterAll(async () => {
        here.broker = shared;
        await own.stop();
      });

      it('goes on by itself when the broker is back', async () => {
        project();
        publish();
        for (let i = 1; i <= 5; i++) await place(`o${i}`, 'ann');
        await untilAllPublished();
        await own.kill9();
        for (let i = 1; i <= 5; i++) await pay(`o${i}`);
        await own.start();
        await untilAllPublished();
        await expectNewestAreRows(await readAggregates(here.kafka));
      });
    },
    { needsJars: true },
  );
});
