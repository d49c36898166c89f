import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { StoreAccessDeniedError, StoreUnavailableError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { PostgresEventStore } from '../event-store/postgres/postgres.event-store';
import type { Listener } from '../postgres/listener';
import type { Config } from './config';
import { StartupError } from './errors';
import { withoutSecrets } from './event-store-url';

export interface EventStoreOptions {
  pool: Pool;
  listener: Listener;
  logger?: Logger;
  /** milliseconds to wait for a server that is away; default 15,000 */
  retryMs?: number;
}

/**
 * The event store of the configuration: the server of EVENT_STORE_URL, or else the database.
 * @throws StartupError when the server cannot be used
 */
export async function openEventStore(
  { eventStoreUrl, streamPrefix }: Config,
  { pool, listener, logger, retryMs }: EventStoreOptions,
): Promise<EventStore> {
  if (eventStoreUrl === undefined) return PostgresEventStore.open({ pool, listener });
  // Loaded only here: loading the client takes a moment.
  const { openEventStoreDb } = await import('../event-store/eventstoredb/eventstoredb.event-store.js');
  try {
    return await openEventStoreDb({ url: eventStoreUrl, streamPrefix, logger, retryMs });
  } catch (error) {
    throw new StartupError(
      `EVENT_STORE_URL (${withoutSecrets(eventStoreUrl)}) cannot be used: ${explain(error)}`,
      { cause: error },
    );
  }
}

function explain(error: unknown): string {
  const { message } = error as Error;
  if (error instanceof StoreAccessDeniedError)
    return (
      'the server refuses the user or the password. Correct them in the URL, ' +
      'where special characters are percent-encoded.'
    );
  if (!(error instanceof StoreUnavailableError)) return message;
  if (/certificate/i.test(message))
    return (
      `${message}. Give the authority of its certificate as ?tlsCaFile=..., and the name that it was ` +
      'made for.'
    );
  return (
    `${message}. Start EventStoreDB there, or correct the URL (?tls=false for a server without a ` +
    'certificate).'
  );
}

/** Where the event store is, for people to read. */
export function describeEventStore({ eventStoreUrl, streamPrefix }: Config): string {
  if (eventStoreUrl === undefined) return 'in the database';
  const server = withoutSecrets(eventStoreUrl);
  return streamPrefix === '' ? server : `${server}, streams ${streamPrefix}*`;
}
