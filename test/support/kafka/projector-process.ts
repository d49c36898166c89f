// A process that projects from Kafka: `node run-typescript.js projector-process.ts <database url> <ProcessOptions as JSON>`.
// Its log is on stdout.
import pino from 'pino';
import { openEventStoreDb } from '../../../src/event-store/eventstoredb/eventstoredb.event-store';
import { PostgresEventStore } from '../../../src/event-store/postgres/postgres.event-store';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { Listener } from '../../../src/postgres/listener';
import { createPool } from '../../../src/postgres/pool';
import { startProjectors } from '../../../src/projections/start-projectors';

export interface ProcessOptions {
  kafka: KafkaOptions;
  sessionTimeoutMs: number;
  /** default: the event store is in the database */
  eventStoreUrl?: string;
}

async function main(url: string, { kafka, sessionTimeoutMs, eventStoreUrl }: ProcessOptions): Promise<void> {
  const pool = createPool({ url, max: 6, applicationName: 'projector' });
  const listener = new Listener(url);
  const store = eventStoreUrl
    ? await openEventStoreDb({ url: eventStoreUrl })
    : await PostgresEventStore.open({ pool, listener });
  const projectors = startProjectors({
    databaseUrl: url,
    pool,
    store,
    kafka,
    sessionTimeoutMs,
    logger: pino({ level: 'info' }),
  });
  process.once('SIGTERM', async () => {
    await projectors.stop();
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
