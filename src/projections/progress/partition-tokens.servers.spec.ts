import pino from 'pino';
import { accepted, placeOrderInput } from '../../../test/support/commands';
import { spawnProjectors, untilDealt } from '../../../test/support/kafka/projectors';
import { useShopOnKafka } from '../../../test/support/kafka/shop-on-kafka';
import { describeKafka } from '../../../test/support/kafka/suite';
import { until } from '../../../test/support/until';
import { type CommandContext, createCommandContext, payOrder, placeOrder } from '../../commands';
import { partitionOf } from '../../kafka/partition-of';
import { inTransaction } from '../../postgres/pool';
import { startProjectors } from '../live/start-projectors';
import { partitionKeyOf } from './consistency-token';
import { ProjectionProgress } from './progress';

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
  const here = useShopOnKafka('token specs', { partitions: PARTITIONS });
  let commands: CommandContext;
  let progress: ProjectionProgress;

  beforeEach(async () => {
    commands = createCommandContext({ store: here.shop.store });
    here.bridges.start({ tickMs: NO_TICKS });
    progress = new ProjectionProgress({ pool: here.shop.database.pool, listener: here.shop.listener });
    here.running.push(progress);
    await progress.start();
  });

  /** Two processes have half of the partitions each: 0 and 2, 1 and 3. */
  async function startTwo(): Promise<void> {
    const { database, store } = here.shop;
    const sessionTimeoutMs = SESSION_TIMEOUT_MS;
    const access = { databaseUrl: database.url, pool: database.pool, store };
    here.running.push(startProjectors({ ...access, kafka: here.kafka, sessionTimeoutMs, logger: LOGGER }));
    here.children.push(spawnProjectors(database.url, { kafka: here.kafka, sessionTimeoutMs }));
    await untilDealt(here.kafka, () => 2);
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
    const { pool } = here.shop.database;
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
    await inTransaction(here.shop.database.pool, async (client) => {
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
