import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { orderLog } from '../../../bench/support/order-log';
import { expectAsRebuilt } from '../../../test/support/expect-as-rebuilt';
import { spawnProjectors, untilDealt, untilProjected } from '../../../test/support/kafka/projectors';
import { useShopOnKafka } from '../../../test/support/kafka/shop-on-kafka';
import { describeKafka } from '../../../test/support/kafka/suite';
import { createCommandContext, listProduct, registerCustomer } from '../../commands';
import { inTransaction } from '../../postgres/pool';
import { activate } from '../engine/generations';
import { completeGeneration, createGeneration } from '../engine/make-generation';
import type { Projection } from '../projection';
import { projections } from '../read-models/catalogue';
import { rebuild } from '../rebuild/rebuild';
import { startProjectors } from './start-projectors';

const SESSION_TIMEOUT_MS = 6_000;
/** Between appends that go on beside what a test does. */
const PAUSE_MS = 5;
const ENDLESS = 1_000_000;
jest.setTimeout(180_000);

describeKafka('projectors on Kafka', () => {
  const here = useShopOnKafka('projector specs', { partitions: 4 });

  const startHere = () => {
    const { database, store } = here.shop;
    const projectors = startProjectors({
      databaseUrl: database.url,
      pool: database.pool,
      store,
      kafka: here.kafka,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
      logger: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
    });
    here.running.push(projectors);
    return projectors;
  };

  const spawnProcess = () => {
    const child = spawnProjectors(here.shop.database.url, {
      kafka: here.kafka,
      sessionTimeoutMs: SESSION_TIMEOUT_MS,
    });
    here.children.push(child);
    return child;
  };

  /** The synthetic shop's log of so many orders, or its beginning until the signal aborts. */
  async function appendOrders(orders: number, signal?: AbortSignal): Promise<void> {
    for (const { stream, expected, event } of orderLog(orders)) {
      await here.shop.store.append(stream, expected, [event]);
      if (signal?.aborted) return;
      if (signal) await delay(PAUSE_MS);
    }
  }

  async function appendMasterData(): Promise<void> {
    const context = createCommandContext({ store: here.shop.store });
    for (let i = 0; i < 20; i++) {
      await registerCustomer(context, { idempotencyKey: 'k', customerId: `c${i}`, name: `Customer ${i}` });
      const product = { productId: `p${i}`, name: `Product ${i}`, category: 'Toys', price: '3.50' };
      await listProduct(context, { idempotencyKey: 'k', currency: 'EUR', ...product });
    }
  }

  const untilAllProjected = async () =>
    untilProjected(here.shop.database.pool, (await here.shop.store.head())?.position ?? '');

  /** Holds what Kafka fed against a rebuild from the event store. */
  const expectExact = () => expectAsRebuilt(here.shop);

  it('keep the read models that a rebuild from the event store has', async () => {
    here.bridges.start();
    startHere();
    await appendMasterData();
    await appendOrders(300);
    await untilAllProjected();
    await expectExact();
  });

  it('start with what is there, and go on where the rebuilt generation ends', async () => {
    await appendOrders(100);
    const { database, store } = here.shop;
    here.bridges.start();
    startHere();
    await untilAllProjected();
    await rebuild({ databaseUrl: database.url, pool: database.pool, store, projections });
    await appendMasterData();
    await untilAllProjected();
    await expectExact();
  });

  it('fill a read model that is begun anew, also while nothing is written', async () => {
    here.bridges.start();
    const former = startHere();
    await appendOrders(50);
    await untilAllProjected();
    await former.stop();
    const identity = await here.shop.store.identity();
    await inTransaction(here.shop.database.pool, async (client) => {
      const [projection] = projections.filter(({ name }) => name === 'orders') as [Projection];
      const generation = await createGeneration(client, projection, identity);
      await completeGeneration(client, projection, generation);
      await activate(client, projection, generation);
    });
    startHere();
    await untilAllProjected();
    await expectExact();
  });

  it('share the partitions among processes that come, are killed and are stopped for a while', async () => {
    here.bridges.start();
    const first = spawnProcess();
    const second = spawnProcess();
    const enough = new AbortController();
    const appending = appendOrders(ENDLESS, enough.signal);
    const members = await untilDealt(here.kafka, () => 2);
    first.kill('SIGKILL');
    spawnProcess();
    await untilDealt(here.kafka, () => 2, members);
    second.kill('SIGSTOP');
    await untilDealt(here.kafka, () => 1);
    second.kill('SIGCONT');
    await untilDealt(here.kafka, () => 2);
    enough.abort();
    await appending;
    await untilAllProjected();
    await expectExact();
  });
});
