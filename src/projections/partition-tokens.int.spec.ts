import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { accepted, placeOrderInput } from '../../test/support/commands';
import { Bridges, until } from '../../test/support/kafka/bridges';
import { startKafka, type TestKafka } from '../../test/support/kafka/broker';
import { killAll, spawnProjectors } from '../../test/support/kafka/projectors';
import { describeKafka } from '../../test/support/kafka/suite';
import { createTestStore, type TestStore } from '../../test/support/store';
import { type CommandContext, createCommandContext, payOrder, placeOrder } from '../commands';
import { openKafka } from '../kafka/connection';
import type { KafkaOptions } from '../kafka/kafka-options';
import { partitionOf } from '../kafka/partition-of';
import { inTransaction } from '../postgres/pool';
import { partitionKeyOf } from './consistency-token';
import { ProjectionProgress } from './progress';
import { startProjectors } from './start-projectors';

const PARTITIONS = 4;
const SESSION_TIMEOUT_MS = 6_000;
/** No partition says how far it is without an event of its own. */
const NO_TICKS = 3_600_000;
const SOON_MS = 20_000;
const NOT_YET_MS = 300;
const LOGGER = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
jest.setTimeout(180_000);

interface Write {
  stream: string;
  position: string;
}

describeKafka('a token where Kafka feeds the read models', () => {
  let broker: TestKafka;
  let shop: TestStore;
  let bridges: Bridges;
  let kafka: KafkaOptions;
  let commands: CommandContext;
  let progress: ProjectionProgress;
  let running: { stop(): Promise<void> }[];
  let children: ChildProcess[];

  beforeAll(async () => {
    broker = await startKafka();
  });
  afterAll(() => broker.stop());

  beforeEach(async () => {
    const topicPrefix = `${broker.topicPrefix}${randomBytes(4).toString('hex')}.`;
    kafka = { brokers: broker.brokers, topicPrefix, ssl: false, clientId: 'token specs' };
    shop = await createTestStore();
    commands = createCommandContext({ store: shop.store });
    bridges = new Bridges(shop, kafka, { partitions: PARTITIONS });
    bridges.start({ tickMs: NO_TICKS });
    progress = new ProjectionProgress({ pool: shop.database.pool, listener: shop.listener });
    await progress.start();
    running = [];
    children = [];
  });
  afterEach(async () => {
    await progress.stop();
    await Promise.all(running.map((one) => one.stop()));
    await killAll(children);
    await bridges.close();
  });

  /** Two processes have half of the partitions each: 0 and 2, 1 and 3. */
  async function startTwo(): Promise<void> {
    const { database, store } = shop;
    const sessionTimeoutMs = SESSION_TIMEOUT_MS;
    const here = { databaseUrl: database.url, pool: database.pool, store, kafka, sessionTimeoutMs };
    running.push(startProjectors({ ...here, logger: LOGGER }));
    children.push(spawnProjectors(database.url, { kafka, sessionTimeoutMs }));
    const { admin, close } = await openKafka(kafka, LOGGER);
    await until(async () => {
      // A new broker has no coordinator of groups before the first of them comes.
      const { groups } = await admin
        .describeGroups([`${kafka.topicPrefix}tidemark-projectors`])
        .catch(() => ({ groups: [] }));
      return groups[0]?.state === 'Stable' && groups[0].members.length === 2;
    }).finally(close);
    await until(() => progress.knowsPartitions);
  }

  /** An id of an order in a partition. */
  function orderIn(partition: number, prefix = 'O'): string {
    for (let i = 0; ; i++)
      if (partitionOf(`order-${prefix}${i}`, PARTITIONS) === partition) return `${prefix}${i}`;
  }

  const place = async (orderId: string): Promise<Write> =>
    accepted(await placeOrder(commands, placeOrderInput({ orderId })));

  const seen = (projection: string, { stream, position }: Write, timeoutMs: number) =>
    progress.waitFor(projection, position, { timeoutMs, key: partitionKeyOf(stream) });

  it('is passed as soon as the partition of its write has it, whatever the others have', async () => {
    await startTwo();
    const { pool } = shop.database;
    for (const partition of [2, 0, 3, 1]) {
      const orderId = orderIn(partition);
      const write = await place(orderId);
      for (const projection of ['orders', 'customers', 'category-revenue'])
        expect([projection, await seen(projection, write, SOON_MS)]).toEqual([projection, true]);
      const { rows } = await pool.query('SELECT order_id FROM read.orders WHERE order_id = $1', [orderId]);
      expect(rows).toEqual([{ order_id: orderId }]);
      expect(await progress.waitFor('orders', write.position, { timeoutMs: NOT_YET_MS })).toBe(false);
    }
  });

  it('waits for the partition of its write while another, further one is there', async () => {
    await startTwo();
    const [lagging, other] = [orderIn(0), orderIn(1)];
    expect(await seen('orders', await place(lagging), SOON_MS)).toBe(true);
    let paid: Write | undefined;
    await inTransaction(shop.database.pool, async (client) => {
      // The fold of this partition has to wait for the row.
      await client.query('SELECT FROM read.orders WHERE order_id = $1 FOR UPDATE', [lagging]);
      paid = accepted(await payOrder(commands, { idempotencyKey: 'pay', orderId: lagging }));
      const later = await place(other);
      expect(await seen('orders', later, SOON_MS)).toBe(true);
      expect(await seen('orders', paid, NOT_YET_MS)).toBe(false);
    });
    expect(await seen('orders', paid as unknown as Write, SOON_MS)).toBe(true);
  });

  it('is passed by a read model that has nothing to do with its write', async () => {
    await startTwo();
    const write = await place(orderIn(0));
    expect(await seen('products', write, SOON_MS)).toBe(true);
  });
});
