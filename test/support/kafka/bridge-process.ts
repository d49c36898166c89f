// A process that bridges: `node run-typescript.js bridge-process.ts <database url> <ProcessOptions as JSON>`. Its log is on stdout.
import pino from 'pino';
import { startBridge } from '../../../src/bridge/bridge';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/eventstoredb.event-store';
import { PostgresEventStore } from '../../../src/event-store/postgres/postgres.event-store';
import type { KafkaOptions, TopicOptions } from '../../../src/kafka/kafka-options';
import { Listener } from '../../../src/postgres/listener';
import { createPool } from '../../../src/postgres/pool';

export interface ProcessOptions {
  kafka: KafkaOptions;
  topics: TopicOptions;
  leaseTermMs: number;
  /** default: the log is in the database */
  eventStoreUrl?: string;
}

async function main(url: string, options: ProcessOptions): Promise<void> {
  const pool = createPool({ url, max: 4, applicationName: 'bridge' });
  const listener = new Listener(url);
  const { eventStoreUrl } = options;
  const store = eventStoreUrl
    ? await openEventStoreDb({ url: eventStoreUrl })
    : await PostgresEventStore.open({ pool, listener });
  const bridge = startBridge({ ...options, store, pool, listener, logger: pino({ level: 'debug' }) });
  process.once('SIGTERM', async () => {
    await bridge.stop();
    await store.close();
    await listener.close();
    await pool.end();
  });
}

const [url = '', options = ''] = process.argv.slice(2);
main(url, JSON.parse(options)).catch((error) => {
  console.error(error);
  process.exit(1);
});
