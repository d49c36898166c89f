import { randomUUID } from 'node:crypto';
import { Client, type Pool } from 'pg';
import { eventStoreMigrations } from '../../src/event-store/postgres/migrations';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres.event-store';
import { Listener } from '../../src/postgres/listener';
import { migrate } from '../../src/postgres/migrate';
import { createPool } from '../../src/postgres/pool';
import { requirePeer } from './peer';

const PEER = '@event-driven-io/emmett-postgresql';

/** An event store under measurement. */
export interface Contender {
  name: string;
  /** connected to its database */
  pool: Pool;
  /** Appends one event to a stream that does not exist. */
  append(stream: string, data: object): Promise<unknown>;
  close(): Promise<void>;
}

/** About 400 bytes of JSON. */
export function order(orderId: string): object {
  const line = {
    lineNumber: 1,
    productId: 'p-4711',
    productName: 'White hanging heart holder',
    category: 'Home',
  };
  return {
    orderId,
    customerId: 'c-17850',
    country: 'GB',
    region: null,
    currency: 'GBP',
    lines: [{ ...line, unitPrice: '2.55', quantity: 6, gross: 1530, discount: 0 }],
    gross: 1530,
    discounts: 0,
    shipping: 395,
    tax: 306,
    total: 2231,
    note: 'Leave it with the neighbour at number twelve if nobody answers the bell',
  };
}

export async function openTidemark(url: string): Promise<Contender> {
  const pool = createPool({ url, max: 8, applicationName: 'append benchmark' });
  await migrate(pool, [eventStoreMigrations]);
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener });
  return {
    name: 'tidemark',
    pool,
    append: (stream, data) => {
      const id = randomUUID();
      const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
      return store.append(stream, 'noStream', [
        { id, type: 'OrderPlaced', data, metadata, occurredAt: Date.now() },
      ]);
    },
    async close() {
      await store.close();
      await listener.close();
      await pool.end();
    },
  };
}

/** What this file uses of the peer. */
interface PeerModule {
  getPostgreSQLEventStore(url: string): {
    appendToStream(
      stream: string,
      events: { type: string; data: object; metadata: object }[],
      options: { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' },
    ): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
}

export async function openPeer(url: string): Promise<Contender> {
  const { module, version } = requirePeer<PeerModule>(PEER);
  const store = module.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  const pool = createPool({ url, max: 1, applicationName: 'append benchmark' });
  return {
    name: `emmett-postgresql ${version}`,
    pool,
    append: (stream, data) => {
      const id = randomUUID();
      const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
      return store.appendToStream(stream, [{ type: 'OrderPlaced', data, metadata }], {
        expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
      });
    },
    async close() {
      await store.close();
      await pool.end();
    },
  };
}

/**
 * A database of its own.
 * @param url of a server
 */
export async function createDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(url, async (client) => {
    const { rows } = await client.query<{ fsync: string; synchronous: string }>(
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous`,
    );
    if (rows[0]?.fsync !== 'on' || rows[0]?.synchronous !== 'on')
      throw new Error('A rate of appends means something only with fsync and synchronous_commit on');
    await client.query(`CREATE DATABASE ${name}`);
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    drop: () =>
      asAdmin(url, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

async function asAdmin(url: string, run: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}
