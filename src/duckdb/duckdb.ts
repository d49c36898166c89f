import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { trackConnection } from './open-connections';

export interface DuckDbOptions {
  /** megabytes; the rest goes to `temporaryFolder`. Default 512 */
  memoryLimitMb?: number;
  /** DuckDB makes and removes it as needed */
  temporaryFolder: string;
}

const DEFAULT_MEMORY_MB = 512;

export type DuckDbRow = Record<string, DuckDBValue>;

/** A connection, with temporary tables of its own. It does one thing at a time. */
export interface DuckDbSession {
  connection: DuckDBConnection;
  /** Runs a statement. @throws the reason of `signal`, whose abort interrupts the statement */
  run(sql: string, signal?: AbortSignal): Promise<void>;
  /** The rows of a query, by column name. @throws as `run` */
  rows(sql: string, signal?: AbortSignal): Promise<DuckDbRow[]>;
  close(): void;
}

/**
 * A DuckDB in memory, in UTC. It works with one thread, so that the same statements over the same rows give
 * the same bytes in every process.
 */
export class DuckDb {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly memoryLimit: string,
  ) {}

  static async open({ memoryLimitMb = DEFAULT_MEMORY_MB, temporaryFolder }: DuckDbOptions): Promise<DuckDb> {
    const memoryLimit = `${memoryLimitMb}MB`;
    const instance = await DuckDBInstance.create(':memory:', {
      threads: '1',
      memory_limit: memoryLimit,
      temp_directory: temporaryFolder,
      allocator_flush_threshold: '16MB',
    });
    return new DuckDb(instance, memoryLimit);
  }

  async connect(): Promise<DuckDbSession> {
    const connection = await this.instance.connect();
    const forget = trackConnection(connection);
    const rows = (sql: string, signal?: AbortSignal) => interruptibly(connection, sql, signal);
    await connection.run(`SET TimeZone = 'UTC'`);
    return {
      connection,
      run: async (sql, signal) => void (await rows(sql, signal)),
      rows,
      close() {
        forget();
        connection.closeSync();
      },
    };
  }

  /**
   * Returns memory to the system. DuckDB keeps what it has freed, some hundred megabytes after many files,
   * until its limit is set.
   */
  async trim({ connection }: DuckDbSession): Promise<void> {
    await connection.run(`SET memory_limit = '${this.memoryLimit}'`);
  }

  /** Close the sessions before. */
  close(): void {
    this.instance.closeSync();
  }
}

async function interruptibly(
  connection: DuckDBConnection,
  sql: string,
  signal: AbortSignal | undefined,
): Promise<DuckDbRow[]> {
  signal?.throwIfAborted();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    return (await connection.runAndReadAll(sql)).getRowObjects();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
