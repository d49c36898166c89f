import { Client } from 'pg';
import { unlessAborted } from '../concurrency/unless-aborted';
import type { Config } from './config';
import { attachEmbeddedPostgres } from './embedded-postgres/embedded-postgres';
import { StartupError } from './errors';

export interface Database {
  /** connection string; holds the password */
  url: string;
  /** where it is, for people to read */
  description: string;
  leave(): Promise<void>;
}

export interface DatabaseOptions {
  applicationName: string;
  /** at most one such process on an embedded database; any number on a server of one's own */
  exclusive?: boolean;
  notice?: (message: string) => void;
  /** an abort ends the opening */
  signal?: AbortSignal;
  /** called while PostgreSQL is being started, if it has to be */
  meanwhile?: () => void;
  onLost?: (error: Error) => void;
}

/**
 * The database of the configuration: the server of DATABASE_URL, or else the embedded one.
 * @throws StartupError when it cannot be used
 */
export async function openDatabase(config: Config, options: DatabaseOptions): Promise<Database> {
  if (config.databaseUrl === undefined) {
    const postgres = await attachEmbeddedPostgres({ ...options, dataDir: config.dataDir });
    return {
      url: postgres.url,
      description: `embedded PostgreSQL in ${postgres.folder}`,
      leave: () => postgres.leave(),
    };
  }
  const description = withoutPassword(config.databaseUrl);
  const checked = checkServer(config.databaseUrl, description);
  await (options.signal ? unlessAborted(options.signal, checked) : checked);
  return { url: config.databaseUrl, description, leave: async () => {} };
}

const LOWEST_VERSION = 15;

async function checkServer(url: string, description: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    );
    const version = Math.floor(Number(rows[0]?.version) / 10_000);
    if (version < LOWEST_VERSION)
      throw new StartupError(`it is PostgreSQL ${version}, and Tidemark needs ${LOWEST_VERSION} or later`);
  } catch (error) {
    const inner = error instanceof AggregateError ? (error.errors[0] as Error) : (error as Error);
    throw new StartupError(`DATABASE_URL (${description}) cannot be used: ${inner.message}`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => {});
  }
}

function withoutPassword(url: string): string {
  const { protocol, username, host, pathname } = new URL(url);
  return `${protocol}//${username ? `${username}@` : ''}${host}${pathname}`;
}
