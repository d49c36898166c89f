import type { Pool } from 'pg';
import type { EventStore } from '../../../src/event-store/event-store';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/eventstoredb.event-store';
import { PostgresEventStore } from '../../../src/event-store/postgres/postgres.event-store';
import { Listener } from '../../../src/postgres/listener';
import { createPool, type PoolOptions } from '../../../src/postgres/pool';

/** What such a process has open. */
export interface Opened {
  databaseUrl: string;
  pool: Pool;
  listener: Listener;
  store: EventStore;
}

export interface StoreOptions {
  /** default: the log is in the database */
  eventStoreUrl?: string;
}

/**
 * Runs a process of the specs, started as `node run-typescript.js <script> <database url> <options as JSON>`:
 * opens what it needs, and at SIGTERM stops what `start` has started and closes it all.
 */
export function runProcess<T extends StoreOptions>(
  pool: Omit<PoolOptions, 'url'>,
  start: (opened: Opened, options: T) => { stop(): Promise<void> },
): void {
  const [url = '', options = ''] = process.argv.slice(2);
  run(url, pool, start, JSON.parse(options)).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

async function run<T extends StoreOptions>(
  databaseUrl: string,
  poolOptions: Omit<PoolOptions, 'url'>,
  start: (opened: Opened, options: T) => { stop(): Promise<void> },
  options: T,
): Promise<void> {
  const pool = createPool({ url: databaseUrl, ...poolOptions });
  const listener = new Listener(databaseUrl);
  const { eventStoreUrl } = options;
  const store = eventStoreUrl
    ? await openEventStoreDb({ url: eventStoreUrl })
    : await PostgresEventStore.open({ pool, listener });
  const running = start({ databaseUrl, pool, listener, store }, options);
  process.once('SIGTERM', async () => {
    await running.stop();
    await store.close();
    await listener.close();
    await pool.end();
  });
}
