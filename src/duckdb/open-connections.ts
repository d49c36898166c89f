import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Connections that may have a query under way. A process must not exit while one runs: `process.exit` waits
 * for DuckDB's threads, and a thread that asks JavaScript for rows waits for `process.exit`. This module
 * does not load DuckDB.
 */
const open = new Set<DuckDBConnection>();

/**
 * Remembers a connection until it is closed.
 * @returns what forgets it: call it when no query runs on it any more
 */
export function trackConnection(connection: DuckDBConnection): () => void {
  open.add(connection);
  return () => void open.delete(connection);
}

/**
 * Ends the query of every open connection at its next step; who waits for it gets DuckDB's error.
 * @returns how many are open
 */
export function interruptQueries(): number {
  for (const connection of open) connection.interrupt();
  return open.size;
}
