import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from './cluster';
import { giveTo } from './run-as';

export type ServerSettings = Readonly<Record<string, string>>;

/**
 * Durable, reachable from this machine only, and sized for one shop on one machine. Nothing replicates from
 * this server, so wal_level is minimal: then a rebuild writes no write-ahead log for a table that it fills in
 * the transaction that made it.
 */
const SETTINGS: ServerSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  cluster_name: 'tidemark',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '4GB',
  min_wal_size: '256MB',
  wal_buffers: '16MB',
  checkpoint_timeout: '15min',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  random_page_cost: '1.1',
  jit: 'off',
  track_commit_timestamp: 'off',
  // Without this a query of a killed process would run on, and keep its locks.
  client_connection_check_interval: '5s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_checkpoints: 'off',
  // Statements carry customers' data; the log has the error's text only.
  log_min_error_statement: 'panic',
};

/** Writes the server's settings, which it reads when it starts. */
export async function writeSettings(cluster: Cluster, overrides: ServerSettings = {}): Promise<void> {
  const lines = Object.entries({ ...SETTINGS, ...overrides }).map(([name, value]) => `${name} = '${value}'`);
  const temporary = join(cluster.data, `tidemark.conf.${randomBytes(4).toString('hex')}`);
  await writeFile(
    temporary,
    `# Written by Tidemark at each start. Use ALTER SYSTEM to change a setting.\n${lines.join('\n')}\n`,
    { mode: 0o600, flag: 'wx' },
  );
  await giveTo(cluster.runAs, temporary);
  await rename(temporary, join(cluster.data, 'tidemark.conf'));
}
