import { Client, DatabaseError } from 'pg';
import { StartupError } from '../errors';
import { USER } from './create-cluster';

/** The database of the cluster that Tidemark uses. */
export const DATABASE = 'tidemark';

export interface ServerAddress {
  /** of the cluster */
  folder: string;
  password: string;
  port: number | undefined;
}

/** Of a database of the server, with its password. */
export function urlOf({ password, port }: ServerAddress, database = DATABASE): string {
  return `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Connects to database `tidemark`, and makes it where there is none yet.
 * @param isLastTry fails where the server is still not ready
 * @returns undefined when the server is not ready for it: starting, stopping, full, or gone since
 * @throws StartupError when it will not let Tidemark in
 */
export async function connect(
  address: ServerAddress,
  applicationName: string,
  isLastTry: boolean,
): Promise<Client | undefined> {
  const { folder } = address;
  try {
    return await open(urlOf(address), applicationName);
  } catch (error) {
    const code = error instanceof DatabaseError ? (error.code ?? '') : undefined;
    if (code === '3D000') {
      await createDatabase(address, applicationName);
      return undefined;
    }
    if (code === '28P01')
      throw new StartupError(
        `The password in ${folder}/secret.json is not that of the database beside it. ` +
          'Restore it from a backup.',
      );
    if (isLastTry || (code !== undefined && !/^(57P0|53300)/.test(code)))
      throw new StartupError(`PostgreSQL in ${folder} does not let Tidemark in: ${(error as Error).message}`);
    return undefined;
  }
}

async function createDatabase(address: ServerAddress, applicationName: string): Promise<void> {
  const client = await open(urlOf(address, 'postgres'), applicationName);
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    // Another process was faster, or is about to be.
    if (!(error instanceof DatabaseError && /^(42P04|23505|55006)$/.test(error.code ?? ''))) throw error;
  } finally {
    await client.end();
  }
}

async function open(url: string, applicationName: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    application_name: `${applicationName} (pid ${process.pid})`,
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}
