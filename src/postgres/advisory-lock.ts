import { Client, DatabaseError } from 'pg';

/** How often a holder says that it is awake. */
const HEARTBEAT_MS = 1_000;
/**
 * A holder without a heartbeat for this long is frozen or cut off, and loses the lock. Whatever it does when
 * it wakes up must be fenced.
 */
export const FROZEN_AFTER_MS = 8_000;
/** How often those who wait for the lock look at its holder. */
const LOOK_EVERY_MS = 2_000;

const LOCK = 'pg_advisory_lock(hashtextextended($1, 0))';

/**
 * Ends the session that has the lock, where its state has not changed for too long by the server's clock.
 * Each heartbeat changes it. `pg_locks` shows the lock's number in two halves.
 */
const END_FROZEN_HOLDER = `
  SELECT pg_terminate_backend(pid)
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended($1, 0)
     AND a.state_change < clock_timestamp() - $2 * interval '1 millisecond'`;

/**
 * A lock that one process has among all that use the database. A session of its own holds it, so PostgreSQL
 * releases it the moment the process is gone, however it ended. A process that is frozen loses it to whoever
 * waits for it.
 */
export class AdvisoryLock {
  private lost: (() => void) | undefined;
  private connected = true;
  private answeredAt = performance.now();
  private isAsking = false;
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(private readonly client: Client) {
    client.on('end', () => this.lose());
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** Waits for the lock; null when `signal` aborted first. */
  static acquire(url: string, name: string, signal: AbortSignal): Promise<AdvisoryLock | null> {
    return AdvisoryLock.take(url, name, (client) => waitFor(client, name), signal);
  }

  /** Takes the lock if nobody has it; otherwise null at once. */
  static tryAcquire(url: string, name: string): Promise<AdvisoryLock | null> {
    return AdvisoryLock.take(url, name, async (client) => {
      const sql = LOCK.replace('pg_', 'pg_try_');
      const { rows } = await client.query<{ taken: boolean }>(`SELECT ${sql} AS taken`, [name]);
      return rows[0]?.taken === true;
    });
  }

  /** @param lock takes the lock on a session, and says whether it got it */
  private static async take(
    url: string,
    name: string,
    lock: (client: Client) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<AdvisoryLock | null> {
    if (signal?.aborted) return null;
    const client = new Client({ connectionString: url, application_name: `${name} (lock)` });
    client.on('error', () => {});
    let abandon = () => {};
    const abandoned = new Promise<null>((resolve) => {
      abandon = () => resolve(null);
      signal?.addEventListener('abort', abandon, { once: true });
    });
    const taken = client.connect().then(() => lock(client));
    let held: AdvisoryLock | null = null;
    try {
      if (await Promise.race([taken, abandoned])) held = new AdvisoryLock(client);
    } finally {
      signal?.removeEventListener('abort', abandon);
      if (!held) {
        // Ending the session also ends its wait for the lock. It may still be connecting, so nobody waits for
        // the end.
        taken.catch(() => {});
        void client.end().catch(() => {});
      }
    }
    return held;
  }

  /** false once the session is gone: another process may have the lock now. */
  get held(): boolean {
    return this.connected;
  }

  /** Calls back once, when the session is lost or released; at once if it already is. */
  onLost(callback: () => void): void {
    this.lost = callback;
    if (!this.connected) callback();
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** After too long a sleep, or without an answer, the lock counts as lost before the server says so. */
  private beat(): void {
    if (performance.now() - this.answeredAt > FROZEN_AFTER_MS) {
      this.lose();
      void this.release();
    } else if (!this.isAsking) void this.ask();
  }

  private async ask(): Promise<void> {
    this.isAsking = true;
    try {
      await this.client.query('SELECT 1');
      this.answeredAt = performance.now();
    } catch {
      // The session is gone: its 'end' event says so.
    } finally {
      this.isAsking = false;
    }
  }

  private lose(): void {
    clearInterval(this.heartbeat);
    if (!this.connected) return;
    this.connected = false;
    this.lost?.();
  }
}

/** Waits for the lock; every two seconds it ends the holder's session if that is frozen. */
async function waitFor(client: Client, name: string): Promise<boolean> {
  await client.query(`SET lock_timeout TO ${LOOK_EVERY_MS}`);
  for (;;) {
    try {
      await client.query(`SELECT ${LOCK}`, [name]);
      return true;
    } catch (error) {
      const isTimeout = error instanceof DatabaseError && error.code === '55P03';
      if (!isTimeout) throw error;
    }
    await client.query(END_FROZEN_HOLDER, [name, FROZEN_AFTER_MS]);
  }
}
