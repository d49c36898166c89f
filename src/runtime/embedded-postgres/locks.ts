import type { Client } from 'pg';

/**
 * Of the advisory locks of the embedded database. PostgreSQL frees them when their session ends, however it
 * ends.
 */
const NAMESPACE = 1_414_087_501;

/** shared by every process that uses the server; exclusive while the last one stops it */
export const ATTACHED = 1;
/** held by the one `tidemark start` */
export const START = 2;

export type LockName = typeof ATTACHED | typeof START;

export const tryShare = (client: Client, lock: LockName) => ask(client, 'pg_try_advisory_lock_shared', lock);
export const tryLock = (client: Client, lock: LockName) => ask(client, 'pg_try_advisory_lock', lock);
export const unshare = (client: Client, lock: LockName) => ask(client, 'pg_advisory_unlock_shared', lock);

async function ask(client: Client, name: string, lock: LockName): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(`SELECT ${name}($1, $2) AS granted`, [
    NAMESPACE,
    lock,
  ]);
  return rows[0]?.granted === true;
}

export interface LockOwner {
  name: string;
  /** process id */
  pid: number;
}

/** The process that holds a lock exclusively; undefined when none does. */
export async function lockOwner(client: Client, lock: LockName): Promise<LockOwner | undefined> {
  const { rows } = await client.query<{ application: string }>(
    `SELECT a.application_name AS application
       FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = $2 AND l.objsubid = 2
        AND l.mode = 'ExclusiveLock' AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    [NAMESPACE, lock],
  );
  const [, name, pid] = /^(.*) \(pid (\d+)\)$/.exec(rows[0]?.application ?? '') ?? [];
  return name && pid ? { name, pid: Number(pid) } : undefined;
}
