import type { Pool, QueryResultRow } from 'pg';
import { Signal } from '../../concurrency/signal';
import type { Listener } from '../../postgres/listener';
import { encodeAppend } from '../encode-append';
import { StoreUnavailableError } from '../errors';
import type { NewEvent, RecordedEvent } from '../event';
import type {
  AppendResult,
  ColumnBatch,
  EventBatch,
  EventStore,
  ExpectedRevision,
  LogHead,
  ReadAllOptions,
  ReadColumnsOptions,
  ReadStreamOptions,
} from '../event-store';
import type { Position } from '../position';
import { type UpcasterRegistry, upcasters } from '../upcasters';
import { appendBatch } from './append-batch';
import { AppendQueue } from './append-queue';
import { ColumnReader } from './column-reader';
import { LogReader } from './log-reader';
import { subscribe } from './log-subscription';
import { fromPosition, toPosition } from './position';
import { toStoreError } from './store-failure';
import { StreamReader } from './stream-reader';

export interface PostgresEventStoreOptions {
  /** The caller ends it, after the store is closed. */
  pool: Pool;
  listener: Listener;
  /** default: those of the domain */
  upcasters?: UpcasterRegistry;
}

/** Every commit of events notifies this channel, with the new head as payload. */
const CHANNEL = 'tidemark_events';

/**
 * The event store in PostgreSQL: one table, which only `tidemark.append_batch` writes to. Positions are dense
 * and in the order of commits, however many processes append.
 */
export class PostgresEventStore implements EventStore {
  readonly tellsResends = true;
  private readonly pool: Pool;
  private readonly listener: Listener;
  private readonly appends: AppendQueue;
  private readonly streams: StreamReader;
  private readonly log: LogReader;
  private readonly columns: ColumnReader;
  private readonly grown = new Signal();
  private readonly closing = new AbortController();
  private listening: Promise<() => Promise<void>> | undefined;

  private constructor(
    { pool, listener, upcasters: registry = upcasters }: PostgresEventStoreOptions,
    identity: string,
  ) {
    this.pool = pool;
    this.listener = listener;
    this.appends = new AppendQueue((batch) => appendBatch(pool, batch));
    this.streams = new StreamReader(pool, registry);
    this.log = new LogReader(pool, registry, identity);
    this.columns = new ColumnReader(pool, registry, identity);
  }

  /**
   * Opens the log of a migrated database (`eventStoreMigrations`).
   * @throws StoreUnavailableError
   */
  static async open(options: PostgresEventStoreOptions): Promise<EventStore> {
    return new PostgresEventStore(options, await readIdentity(options.pool));
  }

  identity(): Promise<string> {
    return readIdentity(this.pool);
  }

  append(stream: string, expected: ExpectedRevision, events: NewEvent[]): Promise<AppendResult> {
    return this.appends.append(() => ({ stream, expected, events: encodeAppend(stream, expected, events) }));
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent[]> {
    return this.streams.read(stream, options);
  }

  async *readAll(after: Position | null, options: ReadAllOptions = {}): AsyncGenerator<EventBatch> {
    const until = options.until ?? (await this.head())?.position;
    // An empty log has no events. With a position it is read all the same, to report the foreign position.
    if (until === undefined && !after) return;
    yield* this.log.read(after, { ...options, until });
  }

  readColumns(after: Position | null, options: ReadColumnsOptions = {}): AsyncIterable<ColumnBatch> {
    return this.columns.read(after, options);
  }

  subscribeAll(after: Position | null, options: ReadAllOptions = {}): AsyncIterable<EventBatch> {
    this.listen();
    const signal = options.signal
      ? AbortSignal.any([options.signal, this.closing.signal])
      : this.closing.signal;
    return subscribe(this.log, this.grown, after, { ...options, signal });
  }

  async head(): Promise<LogHead | null> {
    const [head] = await query<{ position: string; recorded_ms: number }>(
      this.pool,
      `SELECT position, date_part('epoch', recorded_at) * 1000 AS recorded_ms
         FROM tidemark.events ORDER BY position DESC LIMIT 1`,
    );
    if (head === undefined) return null;
    return { position: toPosition(head.position), recordedAt: Math.round(head.recorded_ms) };
  }

  async countAfter(position: Position | null): Promise<number> {
    // Positions are dense, so their difference is the count.
    const [row] = await query<{ count: string }>(
      this.pool,
      'SELECT greatest(coalesce(max(position), 0) - $1::int8, 0) AS count FROM tidemark.events',
      [fromPosition(position)],
    );
    return Number(row?.count);
  }

  /** Ends every subscription. Resolves when all appends have their outcome. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.appends.close();
    this.listening?.then((stop) => stop()).catch(() => {});
  }

  /** One LISTEN serves all subscriptions. Nobody waits for it, because subscriptions poll as well. */
  private listen(): void {
    if (this.listening !== undefined) return;
    const raise = () => this.grown.raise();
    this.listening = this.listener.listen(CHANNEL, raise, raise);
    this.listening.then(raise, () => {});
  }
}

async function readIdentity(pool: Pool): Promise<string> {
  const [log] = await query<{ identity: string }>(pool, 'SELECT identity FROM tidemark.event_log');
  if (log === undefined) throw new StoreUnavailableError('The event store has lost its identity');
  return log.identity;
}

async function query<R extends QueryResultRow>(pool: Pool, text: string, values?: unknown[]): Promise<R[]> {
  try {
    return (await pool.query<R>(text, values)).rows;
  } catch (error) {
    throw toStoreError(error);
  }
}
