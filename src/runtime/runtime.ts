import type { Pool } from 'pg';
import { unlessAborted } from '../concurrency/unless-aborted';
import type { EventStore } from '../event-store/event-store';
import { Listener } from '../postgres/listener';
import { migrate } from '../postgres/migrate';
import { createPool } from '../postgres/pool';
import type { Config } from './config';
import { openDatabase } from './database';
import { describeEventStore, openEventStore } from './event-store';
import { createLogger, type Logger } from './logger';
import { migrationFolders } from './migrations';
import { mustHaveDatabase, mustHaveTables } from './nothing-here';
import { stopInOrder } from './shutdown';
import { checkStoreSettings } from './store-settings';

/** The databases of the configuration, open and up to date. */
export interface Runtime {
  config: Config;
  /** connection string of the database; holds the password */
  databaseUrl: string;
  /** where the database is, for people to read */
  databaseDescription: string;
  pool: Pool;
  listener: Listener;
  store: EventStore;
  /** where the event store is, for people to read */
  storeDescription: string;
  logger: Logger;
  /** Closes everything; the last process on an embedded database stops it. */
  close(): Promise<void>;
}

export interface RuntimeOptions {
  /** e.g. `tidemark replay`; shown in pg_stat_activity and to a second exclusive process */
  applicationName: string;
  /** at most one such process on an embedded database, as for `start` */
  exclusive?: boolean;
  /** false: makes neither folder nor database where there is none */
  creates?: boolean;
  /** default: on stderr, warnings and errors only where LOG_LEVEL is info */
  logger?: Logger;
  /** an abort ends the opening, and nothing stays open; the open runtime ignores it */
  signal?: AbortSignal;
  /** called while PostgreSQL is being started, if it has to be: a good moment to load code */
  meanwhile?: () => void;
  /** called when the embedded database is lost for good while in use; default: it is logged */
  onLost?: (error: Error) => void;
}

const POOL_SIZE = 20;
const CLOSE_WITHIN_MS = 3_000;

/**
 * Opens the databases of the configuration and brings them up to date. Attaches to an embedded database that
 * another process runs, or else starts it for as long as this runtime is open. Where it fails, nothing stays
 * open.
 * @throws StartupError, ConfigError, MigrationError, NothingHereError; the reason of `signal`
 */
export async function openRuntime(config: Config, options: RuntimeOptions): Promise<Runtime> {
  const logger =
    options.logger ?? createLogger({ level: config.logLevel === 'info' ? 'warn' : config.logLevel, fd: 2 });
  const mustExist = options.creates === false;
  if (mustExist) await mustHaveDatabase(config);
  const database = await openDatabase(config, {
    ...options,
    notice: (message) => logger.warn(message),
    onLost: options.onLost ?? ((error) => logger.fatal(error, 'The database was lost')),
  });
  const pool = createPool({
    url: database.url,
    max: POOL_SIZE,
    applicationName: options.applicationName,
  });
  const listener = new Listener(database.url);
  let store: EventStore | undefined;
  const close = async () => {
    const errors: unknown[] = [];
    const open = [async () => store?.close(), () => listener.close(), () => pool.end()];
    // The pool waits for statements under way. Where they were given up, the server ends them with its
    // connections.
    await stopInOrder(open, (error) => errors.push(error), CLOSE_WITHIN_MS);
    await database.leave();
    if (errors.length > 0) throw errors[0];
  };
  const prepare = async (): Promise<EventStore> => {
    if (mustExist) await mustHaveTables(config, pool, database.description);
    await migrate(pool, migrationFolders);
    store = await openEventStore(config, { pool, listener, logger });
    await checkStoreSettings(store, config);
    return store;
  };
  let ready: EventStore;
  try {
    ready = await (options.signal ? unlessAborted(options.signal, prepare()) : prepare());
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
  return {
    config,
    databaseUrl: database.url,
    databaseDescription: database.description,
    pool,
    listener,
    store: ready,
    storeDescription: describeEventStore(config),
    logger,
    close,
  };
}
