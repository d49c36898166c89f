// A process that publishes aggregates: `node run-typescript.js aggregates-process.ts <database url> <KafkaOptions as JSON>`.
// It is there to be killed.
import pino from 'pino';
import { PostgresEventStore } from '../../../src/event-store/postgres/postgres.event-store';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { Listener } from '../../../src/postgres/listener';
import { createPool } from '../../../src/postgres/pool';
import { startAggregatePublisher } from '../../../src/projections/aggregates/aggregate-publisher';

async function main(databaseUrl: string, kafka: KafkaOptions): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 2, applicationName: 'aggregates' });
  const listener = new Listener(databaseUrl);
  const store = await PostgresEventStore.open({ pool, listener });
  startAggregatePublisher({ databaseUrl, listener, store, kafka, logger: pino({ level: 'info' }) });
}

const [url = '', options = ''] = process.argv.slice(2);
main(url, JSON.parse(options)).catch((error) => {
  console.error(error);
  process.exit(1);
});
