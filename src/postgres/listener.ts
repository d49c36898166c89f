import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { Backoff } from '../concurrency/backoff';

interface Subscription {
  handler: (payload: string) => void;
  onReconnect?: () => void;
}

const RETRY_PAUSES = { firstMs: 50, longestMs: 2_000 };

/**
 * Hears notifications for the whole process over one connection. It connects on first use, and again, with
 * growing pauses, whenever the connection is lost. Notifications that are sent meanwhile are lost:
 * `onReconnect` says that there may have been some.
 */
export class Listener {
  private readonly subscriptions = new Map<string, Set<Subscription>>();
  private readonly closing = new AbortController();
  private client: Client | undefined;
  private connecting: Promise<Client> | undefined;
  /** resolves when the statement that was asked last has its answer */
  private answered: Promise<unknown> = Promise.resolve();

  constructor(private readonly url: string) {}

  /**
   * Calls `handler` with the payload of every notification on `channel`, and `onReconnect` each time
   * notifications may have been missed. Neither may throw. Resolves when that is in effect; it waits for a
   * server that is away.
   * @returns a function that ends it
   * @throws when the listener is closed
   */
  async listen(
    channel: string,
    handler: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>> {
    const subscription: Subscription = { handler, onReconnect };
    const subscriptions = this.subscriptions.get(channel) ?? new Set();
    this.subscriptions.set(channel, subscriptions.add(subscription));
    await this.begin(channel);
    return async () => {
      if (!subscriptions.delete(subscription) || subscriptions.size > 0) return;
      if (this.subscriptions.get(channel) === subscriptions) this.subscriptions.delete(channel);
      // Without a connection there is nothing to undo: a new one listens to the channels subscribed then.
      const client = this.client;
      if (client) await this.ask(client, `UNLISTEN ${escapeIdentifier(channel)}`).catch(() => {});
    };
  }

  async close(): Promise<void> {
    this.closing.abort();
    this.subscriptions.clear();
    await this.connecting?.catch(() => {});
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => {});
  }

  /** A connection that was made meanwhile listens to the channel already; repeating LISTEN does no harm. */
  private async begin(channel: string): Promise<void> {
    for (;;) {
      const client = this.client ?? (await this.connect());
      try {
        await this.ask(client, `LISTEN ${escapeIdentifier(channel)}`);
        return;
      } catch (error) {
        if (error instanceof DatabaseError && error.severity !== 'FATAL') throw error;
        this.lost(client);
      }
    }
  }

  /** Runs one statement after the other: node-postgres warns of a query while another is under way. */
  private ask(client: Client, statement: string): Promise<unknown> {
    const answer = this.answered.then(() => client.query(statement));
    this.answered = answer.catch(() => {});
    return answer;
  }

  private connect(): Promise<Client> {
    this.connecting ??= this.connectWithRetries().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private async connectWithRetries(): Promise<Client> {
    const backoff = new Backoff(RETRY_PAUSES);
    for (;;) {
      this.closing.signal.throwIfAborted();
      const client = new Client({
        connectionString: this.url,
        application_name: 'tidemark listener',
        connectionTimeoutMillis: 10_000,
        keepAlive: true,
      });
      client.on('error', () => {});
      client.on('notification', ({ channel, payload }) => {
        for (const { handler } of this.subscriptions.get(channel) ?? []) handler(payload ?? '');
      });
      try {
        await client.connect();
        for (const channel of this.subscriptions.keys())
          await client.query(`LISTEN ${escapeIdentifier(channel)}`);
        client.once('end', () => this.lost(client));
        this.client = client;
        return client;
      } catch {
        await client.end().catch(() => {});
        await delay(backoff.next(), undefined, { signal: this.closing.signal, ref: false });
      }
    }
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    if (this.closing.signal.aborted || this.subscriptions.size === 0) return;
    this.connect().then(
      () => this.announceReconnect(),
      () => {},
    );
  }

  private announceReconnect(): void {
    for (const subscriptions of this.subscriptions.values())
      for (const { onReconnect } of subscriptions) onReconnect?.();
  }
}
