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
   * `esdb://` or `esdb+discover://`, with user and password, and `?tls=false` where the server has no
   * certificate
   */
  url: string;
  /**
   * Sends appends of all streams over one shared call. That is quicker (a few times, with many under way at
   * once), but client 6.2.1 keeps what is pending there in one place for the whole process: a failure of one
   * connection rejects the appends of every other, and a late answer then ends the process. A reconnection
   * alone can bring that about. Default false
   */
  batchAppends?: boolean;
  /**
   * a call that takes longer is given up; an append's outcome is then unknown. Milliseconds, default 5,000
   */
  callTimeoutMs?: number;
  /** how long a call is tried again while the server is unavailable. Milliseconds, default 15,000 */
  retryMs?: number;
}

const CALL_TIMEOUT_MS = 5_000;
const RETRY_MS = 15_000;
const RETRY_PAUSES = { firstMs: 50, longestMs: 1_000 };
const CLOSE_TIMEOUT_MS = 1_000;
/**
 * Sent as a time of day: a server whose clock is ahead would take a near one for past. Its own limits are
 * much shorter.
 */
const BATCH_DEADLINE_MS = 600_000;

/** The client, with a timer on every call: it has none itself. */
export class Connection {
  readonly callTimeoutMs: number;
  private readonly options: ConnectionOptions;
  private readonly retryMs: number;
  private current: EventStoreDBClient;

  /** @throws Error when the URL is none of EventStoreDB's */
  constructor(options: ConnectionOptions) {
    this.options = options;
    this.callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
    this.retryMs = options.retryMs ?? RETRY_MS;
    this.current = createClient(options);
  }

  /** For reads and subscriptions, which are to be given to a ClientStream at once. */
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
   * Calls until it succeeds, with pauses, while it fails with what `mayRetry` allows and there is time left.
   * @throws what the last call threw
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
  // The client takes the batch call wherever the server has it, and has no setting for that.
  if (!batchAppends) Object.defineProperty(client, 'supports', { value: async () => false });
  return client;
}

/** Ends the client's calls and its connection. */
async function dispose(client: EventStoreDBClient): Promise<void> {
  const internals = client as unknown as { getChannel(): Promise<{ close(): void }> };
  const ended = client.dispose().then(async () => (await internals.getChannel()).close());
  // A read that the server had finished and nobody took to its end is waited for in vain.
  await withTimer(ended, CLOSE_TIMEOUT_MS).catch(() => {});
}

/** @throws StoreUnavailableError when the call has no answer in time */
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
