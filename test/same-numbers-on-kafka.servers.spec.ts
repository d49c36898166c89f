import type { ChildProcess } from 'node:child_process';
import pino from 'pino';
import type { LogAppend } from '../bench/support/order-log';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb.event-store';
import { startProjector } from '../src/projections/live/store-projector';
import { EventStoreDbDouble } from './support/eventstoredb/double';
import { Bridges } from './support/kafka/bridges';
import { freshTopics, startKafka, type TestKafka } from './support/kafka/broker';
import { killAll, spawnProjectors, untilProjected } from './support/kafka/projectors';
import { describeKafka } from './support/kafka/suite';
import { mixedLog, writeLog } from './support/mixed-log';
import { ordinals, type ReadModelHash, readModelHash } from './support/read-model-hash';
import { createTestStore, type TestStore } from './support/store';

/** `TIDEMARK_PROOF_ORDERS=21500` makes some 100,000 events. */
const ORDERS = Number(process.env.TIDEMARK_PROOF_ORDERS ?? 1_000);
const SESSION_TIMEOUT_MS = 10_000;
const LOGGER = pino({ level: 'silent' });
jest.setTimeout(900_000);

describeKafka('the same events through Kafka', () => {
  const log: LogAppend[] = [...mixedLog(ORDERS)];
  let broker: TestKafka;
  let double: EventStoreDbDouble;
  let expected: ReadModelHash;

  beforeAll(async () => {
    [broker, double] = await Promise.all([startKafka(), EventStoreDbDouble.start()]);
    expected = await embedded();
  });
  afterAll(() => Promise.all([broker.stop(), double.stop()]));

  const hashOf = async ({ database, store }: TestStore) =>
    readModelHash(database.pool, await ordinals(store));

  /** One process, straight from the event store. */
  async function embedded(): Promise<ReadModelHash> {
    const shop = await createTestStore();
    const { database, store } = shop;
    const projector = startProjector({
      databaseUrl: database.url,
      pool: database.pool,
      store,
      logger: LOGGER,
    });
    try {
      await writeLog(store, log);
      await projector.caughtUp();
      return await hashOf(shop);
    } finally {
      await projector.stop();
      await shop.close();
    }
  }

  it.each([
    { partitions: 1, processes: 1, eventStore: 'Postgres' },
    { partitions: 4, processes: 3, eventStore: 'EventStoreDB' },
    { partitions: 8, processes: 2, eventStore: 'Postgres' },
  ])(
    'makes the same read models with $partitions partitions and $processes projectors, from $eventStore',
    async ({ partitions, processes, eventStore }) => {
      const kafka = freshTopics(broker, 'proof');
      const postgres = await createTestStore();
      const eventStoreUrl = eventStore === 'EventStoreDB' ? double.url : undefined;
      const shop: TestStore = eventStoreUrl
        ? { ...postgres, store: await openEventStoreDb({ url: eventStoreUrl, batchAppends: true }) }
        : postgres;
      const bridges = new Bridges(shop, kafka, { partitions }, 10_000);
      const children: ChildProcess[] = [];
      try {
        bridges.start();
        for (let i = 0; i < processes; i++)
          children.push(
            spawnProjectors(shop.database.url, {
              kafka,
              sessionTimeoutMs: SESSION_TIMEOUT_MS,
              eventStoreUrl,
            }),
          );
        await writeLog(shop.store, log);
        await untilProjected(shop.database.pool, (await shop.store.head())?.position ?? '');
        expect(await hashOf(shop)).toEqual(expected);
      } finally {
        await killAll(children);
        if (eventStoreUrl) await shop.store.close();
        await bridges.close();
      }
    },
  );
});
