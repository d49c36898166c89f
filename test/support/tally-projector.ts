// A process that keeps the tally of a database live, to be frozen: `<database url>`.
import pino from 'pino';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres.event-store';
import { Listener } from '../../src/postgres/listener';
import { createPool } from '../../src/postgres/pool';
import { startProjector } from '../../src/projections/live/store-projector';
import { tally } from './tally.projection';

async function main(databaseUrl = ''): Promise<void> {
  const pool = createPool({ url: databaseUrl, max: 2, applicationName: 'tally projector' });
  const store = await PostgresEventStore.open({ pool, listener: new Listener(databaseUrl) });
  const logger = pino({ level: 'silent' });
  startProjector({ databaseUrl, pool, store, logger, projections: [tally()] });
}

void main(process.argv[2]);
