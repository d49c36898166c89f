import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { trackConnection } from '../../duckdb/open-connections';

export interface DuckDbOptions {
  /** default: as many as the machine has cores */
  threads?: number;
  /** as DuckDB writes it, default 1GB; what needs more goes to the disk */
  memoryLimit?: string;
}

export interface OpenDatabase {
  connection: DuckDBConnection;
  close(): void;
}

/**
 * Opens a database file, in UTC, without ever fetching an extension.
 * @param mode READ_ONLY takes a lock that other readers share
 * @throws Error of DuckDB: no database, a newer format, or another process has it open
 */
export async function openDatabase(
  path: string,
  mode: 'READ_ONLY' | 'READ_WRITE',
  { threads, memoryLimit = '1GB' }: DuckDbOptions = {},
): Promise<OpenDatabase> {
  const instance = await DuckDBInstance.create(path, {
    access_mode: mode,
    memory_limit: memoryLimit,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(threads === undefined ? {} : { threads: String(threads) }),
  });
  try {
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const forget = trackConnection(connection);
    return {
      connection,
      close() {
        forget();
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}
