import { Client } from 'pg';

/**
 * A lock of one process over all that use the database: held by a session of its own, so that PostgreSQL lets go of it the
 * moment the process is gone, however it went.
 */
export class AdvisoryLock {
  private lost: (() => void) | undefined;
  private connected = true;

  private constructor(private readonly client: Client) {
    client.on('end', () => {
      this.connected = false;
      this.lost?.();
    });
  }

  /** Waits for the lock; null when `signal` aborted first. */
  static acquire(url: string, name: string, signal: AbortSignal): Promise<AdvisoryLock | null> {
    return AdvisoryLock.take(
      url,
      'SELECT pg_advisory_lock(hashtextextended($1, 0)), true AS taken',
      name,
      signal,
    );
  }

  /** Takes the lock if nobody has it, else answers null at once. */
  static tryAcquire(url: string, name: string): Promise<AdvisoryLock | null> {
    return AdvisoryLock.take(url, 'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', name);
  }

  private static async take(
    url: string,
    sql: string,
    name: string,
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
    const taken = client
      .connect()
      .then(() => client.query<{ taken: boolean }>(sql, [name]))
      .then(({ rows }) => rows[0]?.taken === true);
    let lock: AdvisoryLock | null = null;
    try {
      if (await Promise.race([taken, abandoned])) lock = new AdvisoryLock(client);
    } finally {
      signal?.removeEventListener('abort', abandon);
      if (!lock) {
        // Ending the session also ends its wait for the lock. Nobody waits for that: it may still be connecting.
        taken.catch(() => {});
        void client.end().catch(() => {});
      }
    }
    return lock;
  }

  /** false once the session is gone: somebody else may have the lock now. */
  get held(): boolean {
    return this.connected;
  }

  /** Calls back once when the session is lost or released. */
  onLost(callback: () => void): void {
    this.lost = callback;
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => {});
  }
}
