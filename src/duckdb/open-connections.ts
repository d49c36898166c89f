import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * The connections that may have a query under way. A process must not exit while a query runs: `process.exit`
 * waits for DuckDB's threads, and a thread that asks JavaScript for rows waits for `process.exit`.
 *
 * This module does not load DuckDB: every process shuts down through it, and most never use DuckDB.
 */
const open = new Set<DuckDBConnection>();

/**
 * Registers a connection.
 * @returns a function that removes it again; call it when no query runs on the connection any more
 */
export function trackConnection(connection: DuckDBConnection): () => void {
  open.add(connection);
  return () => void open.delete(connection);
}

/**
 * Interrupts the query of every open connection, which then fails with DuckDB's error.
 * @returns how many connections are open
 */
export function interruptQueries(): number {
  for (const connection of open) connection.interrupt();
  return open.size;
}
