import pino from 'pino';
import type { LogAppend } from '../bench/support/order-log';
import type { EventStore } from '../src/event-store/event-store';
import { openEventStoreDb } from '../src/event-store/eventstoredb/eventstoredb.event-store';
import { startProjector } from '../src/projections/live/store-projector';
import { projections } from '../src/projections/read-models/catalogue';
import { rebuild } from '../src/projections/rebuild/rebuild';
import { EventStoreDbDouble } from './support/eventstoredb/double';
import { mixedLog, writeLog } from './support/mixed-log';
import { ordinals, type ReadModelHash, readModelHash } from './support/read-model-hash';
import { createTestStore, type TestStore } from './support/store';

jest.setTimeout(300_000);

const ORDERS = 1_500;
const LOGGER = pino({ level: 'silent' });
const EVENT_TYPES = [...new Set(projections.flatMap(({ eventTypes }) => eventTypes))].sort();

const log: LogAppend[] = [...mixedLog(ORDERS)];
let postgres: TestStore;
let other: TestStore;
let double: EventStoreDbDouble;
let eventStoreDb: EventStore;

beforeAll(async () => {
  [postgres, other, double] = await Promise.all([
    createTestStore(),
    createTestStore(),
    EventStoreDbDouble.start(),
  ]);
  // Over one shared call appends stay in the order in which they are made.
  eventStoreDb = await openEventStoreDb({ url: double.url, batchAppends: true });
});
afterAll(async () => {
  await eventStoreDb.close();
  await double.stop();
  await postgres.close();
  await other.close();
});

async function idsOf(store: EventStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { events } of store.readAll(null)) ids.push(...events.map(({ id }) => id));
  return ids;
}

/** Read models that were kept while the events came, and those of a replay, which has to find them equal. */
async function hashes({ database }: TestStore, store: EventStore): Promise<ReadModelHash[]> {
  const access = { databaseUrl: database.url, pool: database.pool, store };
  const projector = startProjector({ ...access, logger: LOGGER });
  try {
    await writeLog(store, log);
    await projector.caughtUp();
    const positions = await ordinals(store);
    const live = await readModelHash(database.pool, positions);
    const rebuilt = await rebuild({ ...access, projections, verify: true, batchSize: 1_000 });
    expect(rebuilt.map(({ comparison, switched }) => ({ equal: comparison?.equal, switched }))).toEqual(
      projections.map(() => ({ equal: true, switched: true })),
    );
    return [live, await readModelHash(database.pool, positions)];
  } finally {
    await projector.stop();
  }
}

test('the same events make the same read models from either event store, live and rebuilt', async () => {
  expect([...new Set(log.map(({ event }) => event.type))].sort()).toEqual(EVENT_TYPES);
  const fromPostgres = await hashes(postgres, postgres.store);
  const fromEventStoreDb = await hashes(other, eventStoreDb);
  const ids = log.map(({ event }) => event.id);
  expect(await idsOf(postgres.store)).toEqual(ids);
  expect(await idsOf(eventStoreDb)).toEqual(ids);

  const [expected] = fromPostgres as [ReadModelHash];
  for (const found of [...fromPostgres, ...fromEventStoreDb]) expect(found).toEqual(expected);
  const empty = Object.entries(expected.tables).filter(([, told]) => told.startsWith('0 '));
  expect(empty).toEqual([]);
});

test('the hash tells one cent of difference, and in which table', async () => {
  const { pool } = postgres.database;
  const before = await readModelHash(pool);
  const { rows } = await pool.query<{ schema_name: string }>(
    `SELECT schema_name FROM tidemark.generations
      WHERE projection = 'category-revenue' AND status = 'active'`,
  );
  await pool.query(
    `UPDATE ${rows[0]?.schema_name}.revenue SET gross = gross + 1
      WHERE day = '2024-01-05' AND clock = 'ORDERED'`,
  );
  const after = await readModelHash(pool);
  expect(after.hash).not.toBe(before.hash);
  expect({ ...after.tables, revenue: '' }).toEqual({ ...before.tables, revenue: '' });
});
