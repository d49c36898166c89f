import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client, type Pool } from 'pg';
import type { WriterTask } from '../../../test/support/append-writer';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { until } from '../../../test/support/until';
import { Listener } from '../../postgres/listener';
import { migrate } from '../../postgres/migrate';
import { createPool } from '../../postgres/pool';
import { ForeignPositionError, InvalidAppendError } from '../errors';
import type { RecordedEvent } from '../event';
import type { EventStore } from '../event-store';
import { eventStoreFeatures, type StoreUnderTest } from '../event-store.features';
import { collect, collectBatches, eventsIn, follow, newEvent, newEvents } from '../features/harness';
import { textAt } from '../log-columns';
import { dataJson, metadataJson } from '../stored-event';
import { UpcasterRegistry } from '../upcasters';
import { eventStoreMigrations } from './migrations';
import { PostgresEventStore } from './postgres.event-store';

const SUPPORT = join(__dirname, '../../../test/support');

async function migratedDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await migrate(database.pool, [eventStoreMigrations]);
  return database;
}

/** A store with its own connections. */
async function openStore(url: string, upcasters?: UpcasterRegistry) {
  const pool = createPool({ url, max: 4, applicationName: 'store under test' });
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener, upcasters });
  return {
    pool,
    store,
    async close() {
      await store.close();
      await listener.close();
      await pool.end();
    },
  };
}

/** Runs a statement in another database of the server, because the tested one may refuse connections. */
async function asAdmin(sql: string): Promise<void> {
  const client = new Client({ connectionString: process.env.TIDEMARK_TEST_ADMIN_URL });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function makeStore(): Promise<StoreUnderTest> {
  const database = await migratedDatabase();
  const name = new URL(database.url).pathname.slice(1);
  const opened = [await openStore(database.url)];
  const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
  const [first] = opened;
  return {
    store: first?.store as EventStore,
    async reopen() {
      const next = await openStore(database.url);
      opened.push(next);
      return next.store;
    },
    dropConnections: () => asAdmin(terminate),
    async outage() {
      await asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await asAdmin(terminate);
      return () => asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    },
    async runWriter(task: WriterTask) {
      const script = [join(SUPPORT, 'run-typescript.js'), join(SUPPORT, 'postgres-writer.ts')];
      const writer = spawn(process.execPath, [...script, database.url, JSON.stringify(task)], {
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const [code] = await once(writer, 'exit');
      if (code !== 0) throw new Error(`Writer ${task.writer} ended with ${code}`);
    },
    async close() {
      for (const { close } of opened) await close();
      await database.drop();
    },
  };
}

eventStoreFeatures('PostgreSQL', makeStore);

describe('PostgreSQL as event store', () => {
  let database: TestDatabase;
  let open: Awaited<ReturnType<typeof openStore>>;

  beforeEach(async () => {
    database = await migratedDatabase();
    open = await openStore(database.url);
  });
  afterEach(async () => {
    await open.close();
    await database.drop();
  });

  const queriesOf = (pool: Pool) => jest.spyOn(pool, 'query');

  it('begins empty', async () => {
    const { store } = open;
    expect(await store.head()).toBeNull();
    expect(await store.countAfter(null)).toBe(0);
    expect(await collectBatches(store.readAll(null))).toEqual([]);
    const reader = follow(store, null, '');
    await store.append('a', 'noStream', newEvents(1));
    await until(() => reader.events.length === 1);
    await reader.stop();
  });

  it('gives dense positions and growing times, even with conflicts and resends in between', async () => {
    const { store } = open;
    const batch = newEvents(3);
    await store.append('a', 'noStream', batch);
    await Promise.allSettled([
      store.append('b', 'noStream', newEvents(2)),
      store.append('a', 'noStream', batch),
      store.append('c', 5, newEvents(2)),
      store.append('d', 'noStream', newEvents(2)),
    ]);
    const events = eventsIn(await collectBatches(store.readAll(null)));
    expect(events.map(({ position }) => Number(position))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    const times = events.map(({ recordedAt }) => recordedAt);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });

  it('keeps independent appends in the order of their calls', async () => {
    const { store } = open;
    await Promise.all(
      Array.from({ length: 500 }, (_, n) => store.append(`stream-${n}`, 'noStream', [newEvent({ n })])),
    );
    const streams = eventsIn(await collectBatches(store.readAll(null))).map(({ stream }) => stream);
    expect(streams).toEqual(Array.from({ length: 500 }, (_, n) => `stream-${n}`));
  });

  it('sends the appends of one turn of the event loop together, and likewise the reads', async () => {
    const { store, pool } = open;
    const queries = queriesOf(pool);
    await Promise.all(
      Array.from({ length: 100 }, (_, n) => store.append(`s-${n}`, 'noStream', newEvents(1))),
    );
    expect(queries).toHaveBeenCalledTimes(1);
    await Promise.all(Array.from({ length: 32 }, (_, n) => collect(store.readStream(`s-${n}`))));
    expect(queries).toHaveBeenCalledTimes(2);
  });

  it('fails an append that the server refuses alone', async () => {
    await database.pool.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'no' USING ERRCODE = 'data_exception';
      END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON tidemark.events
        FOR EACH ROW WHEN (NEW.stream = 'bad') EXECUTE FUNCTION refuse()`);
    const { store, close } = await openStore(database.url);
    const [before, bad, after] = await Promise.allSettled([
      store.append('before', 'noStream', newEvents(1)),
      store.append('bad', 'noStream', newEvents(1)),
      store.append('after', 'noStream', newEvents(1)),
    ]);
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(InvalidAppendError) });
    expect(await store.countAfter(null)).toBe(2);
    await close();
  });

  it('reads ahead of a slow reader by one batch only', async () => {
    const { store } = open;
    await store.append('a', 'noStream', newEvents(500));
    const slow = await openStore(database.url);
    const queries = queriesOf(slow.pool);
    const reader = slow.store.subscribeAll(null, { batchSize: 10 })[Symbol.asyncIterator]();
    await reader.next();
    const other = follow(store, null, '', 10);
    await until(() => other.events.length === 500);
    await other.stop();
    // The identity, the batch that the reader took, and the one behind it.
    expect(queries.mock.calls.length).toBeLessThanOrEqual(3);
    await reader.return?.();
    await slow.close();
  });

  it('never scans the whole table, even with plans from a time when it was small', async () => {
    const scans = async () =>
      (
        await database.pool.query(
          `SELECT seq_scan::int AS whole, idx_scan::int AS indexed
             FROM pg_stat_user_tables WHERE relname = 'events'`,
        )
      ).rows[0];
    // The session that made the table's indexes read it whole, and publishes that some time later.
    await database.pool.query('SELECT pg_stat_force_next_flush()');
    const { whole } = await scans();
    const { pool, store, close } = await openStore(database.url);
    await store.append('small', 'noStream', newEvents(3));
    await pool.query('ANALYZE tidemark.events');
    // With `until` it does not query the head, whose statement is planned anew each time.
    const wanted = { filter: { streamPrefixes: ['s'] }, batchSize: 5, until: '0000000000000000099' };
    for (let i = 0; i < 10; i++) {
      await store.append(`stream-${i}`, 'noStream', newEvents(1));
      await collect(store.readStream(`stream-${i}`));
      await collect(store.readStream(`stream-${i}`, { direction: 'backwards' }));
      await collectBatches(store.readAll(null, wanted));
    }
    // PostgreSQL publishes the counts of a session when the session ends.
    await close();
    await until(async () => (await scans()).indexed > 30);
    expect((await scans()).whole).toBe(whole);
  });

  it('refuses a position of another log', async () => {
    const { store } = open;
    await expect(collectBatches(store.readAll('0000000000000000001'))).rejects.toBeInstanceOf(
      ForeignPositionError,
    );
    await store.append('a', 'noStream', newEvents(1));
    const beyond = '0000000000000000099';
    await expect(
      collectBatches(store.readAll(beyond, { until: '0000000000000000100' })),
    ).rejects.toBeInstanceOf(ForeignPositionError);
    await expect(collectBatches(store.subscribeAll(beyond))).rejects.toBeInstanceOf(ForeignPositionError);
    await expect(collectBatches(store.subscribeAll('C:1/P:1'))).rejects.toBeInstanceOf(ForeignPositionError);
  });

  it('fails on a log that was replaced', async () => {
    const { store } = open;
    await store.append('a', 'noStream', newEvents(1));
    const reader = follow(store, null, '');
    await until(() => reader.events.length === 1);
    const ended = expect(reader.done).rejects.toBeInstanceOf(ForeignPositionError);
    await database.pool.query('UPDATE tidemark.event_log SET identity = gen_random_uuid()');
    await store.append('a', 'any', newEvents(1));
    await ended;
  });

  it('has the JSON of events as it was appended, unless it is upcast', async () => {
    const upcasters = new UpcasterRegistry().register('Old', 1, (data) => ({ ...(data as object), b: 2 }));
    const { store, close } = await openStore(database.url, upcasters);
    const data = { text: 'a,\n"b"\r\n\u2028 \u00fc \u{1f600}', list: [1, 'x,\ny'], empty: {}, number: 1e21 };
    const events = [newEvent(data), newEvent({ a: 1 }, 'Old'), newEvent('a text'), newEvent(null)];
    await store.append('a', 'noStream', events);
    const read = eventsIn(await collectBatches(store.readAll(null)));
    expect(read.map(dataJson)).toEqual(
      [data, { a: 1, b: 2 }, 'a text', null].map((each) => JSON.stringify(each)),
    );
    expect(read.map(metadataJson)).toEqual(
      events.map(({ type, metadata }) =>
        JSON.stringify(type === 'Old' ? { ...metadata, schemaVersion: 2 } : metadata),
      ),
    );
    const [first] = await collect(store.readStream('a'));
    expect(dataJson(first as RecordedEvent)).toBe(JSON.stringify(data));
    await close();
  });

  it('upcasts old events wherever they are read', async () => {
    const upcasters = new UpcasterRegistry().register('Priced', 1, (data) => ({
      ...(data as object),
      currency: 'EUR',
    }));
    const { store, close } = await openStore(database.url, upcasters);
    const event = (schemaVersion: number, data: unknown, type = 'Priced') => {
      const made = newEvent(data, type);
      return { ...made, metadata: { ...made.metadata, schemaVersion } };
    };
    await store.append('a', 'noStream', [
      event(1, { price: 1 }),
      event(2, { price: 2, currency: 'GBP' }),
      event(1, { price: 3 }, 'Other'),
    ]);
    const expected = [{ price: 1, currency: 'EUR' }, { price: 2, currency: 'GBP' }, { price: 3 }];
    const read = await collect(store.readStream('a'));
    expect(read.map(({ data }) => data)).toEqual(expected);
    expect(read.map(({ metadata }) => metadata.schemaVersion)).toEqual([2, 2, 1]);
    const lean = eventsIn(await collectBatches(store.readAll(null, { metadata: false })));
    expect(lean.map(({ data }) => data)).toEqual(expected);
    await close();
  });

  it('upcasts old events among the columns, and leaves the text of the others as it is', async () => {
    const upcasters = new UpcasterRegistry().register('Priced', 1, (data) => ({
      ...(data as object),
      currency: '\u20ac',
    }));
    const { store, close } = await openStore(database.url, upcasters);
    const events = [1, 2].flatMap((schemaVersion) =>
      ['Priced', 'Other'].map((type) => {
        const made = newEvent({ price: schemaVersion }, type);
        return { ...made, metadata: { ...made.metadata, schemaVersion } };
      }),
    );
    await store.append('a', 'noStream', events);
    const read: { data: string; version: number }[] = [];
    for await (const batch of store.readColumns(null))
      for (let row = 0; row < batch.rows; row++) {
        const { schemaVersion: version } = JSON.parse(textAt(batch, batch.metadata, row));
        read.push({ data: textAt(batch, batch.data, row), version });
      }
    expect(read).toEqual([
      { data: '{"price":1,"currency":"\u20ac"}', version: 2 },
      { data: '{"price":1}', version: 1 },
      { data: '{"price":2}', version: 2 },
      { data: '{"price":2}', version: 2 },
    ]);
    await close();
  });

  it('fails to read columns of a log that was replaced', async () => {
    const { store } = open;
    await store.append('a', 'noStream', newEvents(1));
    await database.pool.query('UPDATE tidemark.event_log SET identity = gen_random_uuid()');
    await expect(store.readColumns(null)[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(
      ForeignPositionError,
    );
  });

  it('keeps no connection for columns that were read, or given up', async () => {
    const { store, pool } = open;
    for (let part = 0; part < 8; part++) await store.append(`s-${part}`, 'noStream', newEvents(500));
    for await (const _ of store.readColumns(null));
    for await (const _ of store.readColumns(null)) break;
    expect(pool.totalCount - pool.idleCount).toBe(0);
    const under = () =>
      database.pool.query(
        `SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE application_name = 'store under test' AND query LIKE 'COPY%' AND state = 'active'`,
      );
    await until(async () => (await under()).rows[0].n === 0);
  });

  it('names the event that cannot be upcast, and reads other streams', async () => {
    const upcasters = new UpcasterRegistry().register('Priced', 1, () => {
      throw new Error('it has no currency');
    });
    const { store, close } = await openStore(database.url, upcasters);
    await store.append('a', 'noStream', [newEvent({ price: 1 }, 'Priced')]);
    const message =
      /^Priced at \d{19} \(event 0 of stream a\) cannot be lifted from schema version 1: it has no currency$/;
    await store.append('b', 'noStream', [newEvent({ price: 2 })]);
    const together = await Promise.allSettled(['a', 'b'].map((stream) => collect(store.readStream(stream))));
    expect(together).toMatchObject([
      { reason: expect.objectContaining({ name: 'UpcastError', message: expect.stringMatching(message) }) },
      { value: [{ data: { price: 2 } }] },
    ]);
    await expect(collectBatches(store.readAll(null))).rejects.toThrow(message);
    await close();
  });

  it('finishes what it has accepted when it is closed, and refuses what comes later', async () => {
    const { store } = await openStore(database.url);
    const accepted = Promise.all(
      Array.from({ length: 50 }, (_, n) => store.append(`s-${n}`, 'noStream', newEvents(1))),
    );
    await store.close();
    expect(await accepted).toHaveLength(50);
    await expect(store.append('late', 'noStream', newEvents(1))).rejects.toThrow('closed');
  });
});
