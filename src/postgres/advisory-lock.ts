import { Client, DatabaseError } from 'pg';

/** How often a holder says that it is awake. */
const HEARTBEAT_MS = 1_000;
/**
 * Who has not said so for this long is frozen or cut off, and loses the lock. What it does when it wakes up
 * has to be fenced.
 */
export const FROZEN_AFTER_MS = 8_000;
/** How often who waits for the lock looks at its holder. */
const LOOK_EVERY_MS = 2_000;

const LOCK = 'pg_advisory_lock(hashtextextended($1, 0))';

/**
 * Ends the session that has the lock, where it has been idle for too long by the server's clock: with each
 * heartbeat its state changes. PostgreSQL keeps the halves of the lock's number apart.
 */
const END_FROZEN_HOLDER = `
  SELECT pg_terminate_backend(pid)
    FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
     AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended($1, 0)
     AND a.state_change < clock_timestamp() - $2 * interval '1 millisecond'`;

/**
 * A lock of one process over all that use the database: held by a session of its own, so that PostgreSQL
 * lets go of it the moment the process is gone, however it went. A process that is there but frozen loses
 * it to who waits for it.
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

  /** Takes the lock if nobody has it, else answers null at once. */
  static tryAcquire(url: string, name: string): Promise<AdvisoryLock | null> {
    return AdvisoryLock.take(url, name, async (client) => {
      const sql = LOCK.replace('pg_', 'pg_try_');
      const { rows } = await client.query<{ taken: boolean }>(`SELECT ${sql} AS taken`, [name]);
      return rows[0]?.taken === true;
    });
  }

  /** @param lock whether it got the lock on this session */
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
        // Ending the session also ends its wait for the lock. Nobody waits for that: it may still be
        // connecting.
        taken.catch(() => {});
        void client.end().catch(() => {});
      }
    }
    return held;
  }

  /** false once the session is gone: somebody else may have the lock now. */
  get held(): boolean {
    return this.connected;
  }

  /** Calls back once when the session is lost or released, at once where it is already. */
  onLost(callback: () => void): void {
    this.lost = callback;
    if (!this.connected) callback();
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => {});
  }

  /** Who has slept too long, or gets no answer, gives the lock up before it is told so. */
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
      // The session is gone, which is told by its end.
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

/** Looks at the holder again and again, and ends its session where it is frozen. */
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
