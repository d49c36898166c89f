import { setTimeout as delay } from 'node:timers/promises';
import {
  type AppendResult,
  type AppendToStreamOptions,
  EventStoreDBClient,
  type JSONEventData,
} from '@eventstore/db-client';
import { Backoff } from '../../concurrency/backoff';
import { StoreUnavailableError } from '../errors';
import { isFinal, isStuck, toStoreError } from './store-failure';

export interface ConnectionOptions {
  /**
   * `esdb://` or `esdb+discover://`, with user and password; `?tls=false` where the server has no certificate
   */
  url: string;
  /**
   * Sends the appends of all streams over one shared call, which is a few times faster when many are under
   * way. But client 6.2.1 keeps pending appends in one place for the whole process. When one connection fails
   * or merely reconnects, the appends of all others are rejected, and a late answer then ends the process.
   * Default false
   */
  batchAppends?: boolean;
  /**
   * A call that takes longer is abandoned, and the outcome of an append is unknown then. Milliseconds,
   * default 5,000
   */
  callTimeoutMs?: number;
  /** how long a call is repeated while the server is unavailable. Milliseconds, default 15,000 */
  retryMs?: number;
}

const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = 15_000;
const RETRY_PAUSES = { firstMs: 50, longestMs: 1_000 };
const CLOSE_TIMEOUT_MS = 1_000;
/**
 * The client sends this deadline as a time of day. It is far away, because a server whose clock is ahead
 * would take a near one to be over. The server's own limits are much shorter.
 */
const BATCH_DEADLINE_MS = 600_000;

/** The client with a timer on every call, which it lacks itself. */
export class Connection {
  readonly callTimeoutMs: number;
  private readonly options: ConnectionOptions;
  private readonly retryMs: number;
  private current: EventStoreDBClient;

  /** @throws Error when the URL is not one of EventStoreDB */
  constructor(options: ConnectionOptions) {
    this.options = options;
    this.callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
    this.retryMs = options.retryMs ?? RETRY_MS;
    this.current = createClient(options);
  }

  /** For reads and subscriptions. Hand each to a ClientStream at once, or its errors go unhandled. */
  get client(): EventStoreDBClient {
    return this.current;
  }

  async append(
    stream: string,
    events: JSONEventData[],
    expectedRevision: AppendToStreamOptions['expectedRevision'],
  ): Promise<AppendResult> {
    const client = this.current;
    const deadline = this.options.batchAppends ? BATCH_DEADLINE_MS : this.callTimeoutMs;
    const call = client.appendToStream(stream, events, { expectedRevision, deadline });
    try {
      return await withTimer(call, this.callTimeoutMs);
    } catch (error) {
      if (isStuck(error) && client === this.current) {
        this.current = createClient(this.options);
        void dispose(client);
      }
      throw error;
    }
  }

  /**
   * Repeats a call until it succeeds, as long as `mayRetry` allows the error and there is time left.
   * @throws the error of the last call
   */
  async retrying<T>(
    call: () => Promise<T>,
    mayRetry = (error: unknown) => toStoreError(error) instanceof StoreUnavailableError,
  ): Promise<T> {
    const end = performance.now() + this.retryMs;
    const backoff = new Backoff(RETRY_PAUSES);
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const retryInMs = backoff.next();
        if (isFinal(error) || performance.now() + retryInMs > end || !mayRetry(error)) throw error;
        await delay(retryInMs);
      }
    }
  }

  close(): Promise<void> {
    return dispose(this.current);
  }
}

function createClient({ url, batchAppends = false }: ConnectionOptions): EventStoreDBClient {
  if (/throwOnAppendFailure=false/i.test(url))
    throw new Error('The URL of the event store must not say throwOnAppendFailure=false');
  const client = EventStoreDBClient.connectionString(url);
  // The client uses the shared call wherever the server has it, and no setting turns that off.
  if (!batchAppends) Object.defineProperty(client, 'supports', { value: async () => false });
  return client;
}

/** Ends the calls of a client and its connection. */
async function dispose(client: EventStoreDBClient): Promise<void> {
  const internals = client as unknown as { getChannel(): Promise<{ close(): void }> };
  const ended = client.dispose().then(async () => (await internals.getChannel()).close());
  // The client waits in vain for a read that the server has finished and nobody has read to its end.
  await withTimer(ended, CLOSE_TIMEOUT_MS).catch(() => {});
}

/** @throws StoreUnavailableError when the call is not answered in time */
async function withTimer<T>(call: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailableError(`The event store did not answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([call, expired]);
  } finally {
    clearTimeout(timer);
    call.catch(() => {});
  }
}
