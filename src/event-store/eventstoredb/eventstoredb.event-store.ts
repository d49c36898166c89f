import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import type { Logger } from 'pino';
import { type EncodedEvent, encodeAppend, sizeOf } from '../encode-append';
import { StoreUnavailableError } from '../errors';
import type { NewEvent, RecordedEvent } from '../event';
import {
  type AppendResult,
  COUNT_EXACT_EVENTS,
  type ColumnBatch,
  type EventBatch,
  type EventStore,
  type ExpectedRevision,
  type LogHead,
  type ReadAllOptions,
  type ReadColumnsOptions,
  type ReadStreamOptions,
} from '../event-store';
import { columnsOf } from '../log-columns';
import type { Position } from '../position';
import { type UpcasterRegistry, upcasters } from '../upcasters';
import { AppendOrder } from './append-order';
import { Connection, type ConnectionOptions } from './connection';
import { type Marker, readMarker } from './identity';
import { LogReader } from './log-reader';
import { subscribe } from './log-subscription';
import { fromPosition, toPosition } from './position';
import { untilReadable } from './readable';
import { toEventData } from './recorded-event';
import { isUnwritten, toAppendError, toStoreError } from './store-failure';
import { StreamNames } from './stream-names';
import { readStream } from './stream-reader';

export interface EventStoreDbOptions extends ConnectionOptions {
  /**
   * Begins the name of every stream of this store on the server, so that programs can share a server. Callers
   * never see it. Default none
   */
  streamPrefix?: string;
  /** default: those of the domain */
  upcasters?: UpcasterRegistry;
  logger?: Logger;
}

const EXPECTED = { noStream: NO_STREAM, any: ANY, streamExists: STREAM_EXISTS } as const;

/**
 * The event store in EventStoreDB (20.10 or newer for writing, 22.6 for reading). Each append is its own
 * call; `batchAppends` says why. Readers leave out events of other programs.
 */
export class EventStoreDbEventStore implements EventStore {
  private readonly connection: Connection;
  private readonly names: StreamNames;
  private readonly log: LogReader;
  private readonly logger: Logger | undefined;
  private readonly appends = new AppendOrder();
  private readonly closing = new AbortController();

  private constructor(
    { upcasters: registry = upcasters, logger }: EventStoreDbOptions,
    connection: Connection,
    names: StreamNames,
    marker: Marker,
  ) {
    this.connection = connection;
    this.names = names;
    this.logger = logger;
    this.log = new LogReader(connection, names, registry, marker);
  }

  /**
   * Opens the log. Gives it an identity if it has none yet.
   * @throws StoreUnavailableError; Error when the URL is not one of EventStoreDB
   */
  static async open(options: EventStoreDbOptions): Promise<EventStore> {
    const connection = new Connection(options);
    const names = new StreamNames(options.streamPrefix ?? '');
    try {
      const marker = await connection.retrying(() => readMarker(connection, names.marker));
      return new EventStoreDbEventStore(options, connection, names, marker);
    } catch (error) {
      await connection.close();
      throw toStoreError(error);
    }
  }

  identity(): Promise<string> {
    return this.ask(async () => (await readMarker(this.connection, this.names.marker)).identity);
  }

  async append(stream: string, expected: ExpectedRevision, events: NewEvent[]): Promise<AppendResult> {
    const encoded = encodeAppend(stream, expected, events);
    if (this.closing.signal.aborted) throw new StoreUnavailableError('The event store is closed');
    return this.appends.run(stream, () => this.send(stream, expected, encoded));
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent[]> {
    return readStream(this.log, stream, options);
  }

  readAll(after: Position | null, options: ReadAllOptions = {}): AsyncIterable<EventBatch> {
    return this.log.read(after, options);
  }

  readColumns(after: Position | null, options: ReadColumnsOptions = {}): AsyncIterable<ColumnBatch> {
    const { until, signal } = options;
    return columnsOf(eventsOf(this.log.read(after, { until, signal })), options);
  }

  subscribeAll(after: Position | null, options: ReadAllOptions = {}): AsyncIterable<EventBatch> {
    const signal = options.signal
      ? AbortSignal.any([options.signal, this.closing.signal])
      : this.closing.signal;
    return subscribe(this.log, after, { ...options, signal }, this.logger);
  }

  head(): Promise<LogHead | null> {
    return this.ask(() => this.log.head());
  }

  async countAfter(position: Position | null): Promise<number> {
    fromPosition(position);
    return this.ask(() => this.log.count(position, COUNT_EXACT_EVENTS));
  }

  /** Ends every subscription. Resolves when all appends have their outcome. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.appends.idle();
    await this.connection.close();
  }

  /**
   * Sends an append until its outcome is known. Under an exact revision or `noStream` the server writes the
   * same events once, however often they are sent. Under another expectation they are sent again only when
   * they were certainly not written.
   */
  private async send(
    stream: string,
    expected: ExpectedRevision,
    encoded: EncodedEvent[],
  ): Promise<AppendResult> {
    const name = this.names.onServer(stream);
    const data = encoded.map(toEventData);
    const revision = typeof expected === 'number' ? BigInt(expected) : EXPECTED[expected];
    const size = encoded.reduce((sum, event) => sum + sizeOf(event), 0);
    const toError = (error: unknown) => toAppendError({ stream, expected, size }, error);
    const isRepeatable = typeof expected === 'number' || expected === 'noStream';
    try {
      const { nextExpectedRevision, position } = await this.connection.retrying(
        () => this.connection.append(name, data, revision),
        (error) => isUnwritten(error) || (isRepeatable && toError(error) instanceof StoreUnavailableError),
      );
      const result = { revision: Number(nextExpectedRevision), position: toPosition(position) };
      // The stream had been deleted: its new events continue the old revisions.
      if (expected === 'noStream' && result.revision >= encoded.length) await this.untilReadable(stream);
      return result;
    } catch (error) {
      throw toError(error);
    }
  }

  /**
   * Waits until a stream that was deleted and begun anew can be read, so that the next command finds it. The
   * append has succeeded in any case, so a failure is only logged.
   */
  private async untilReadable(stream: string): Promise<void> {
    const first = async () => {
      for await (const events of readStream(this.log, stream, { limit: 1 })) return events[0];
      return undefined;
    };
    await untilReadable(first).catch((error) => {
      this.logger?.warn({ err: error, stream }, 'a stream that was begun anew could not be read');
    });
  }

  private async ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await this.connection.retrying(question);
    } catch (error) {
      throw toStoreError(error);
    }
  }
}

async function* eventsOf(batches: AsyncIterable<EventBatch>): AsyncGenerator<RecordedEvent[]> {
  for await (const { events } of batches) yield events;
}

/**
 * Opens the event store of an EventStoreDB. A process needs one for each server.
 * @throws StoreUnavailableError; Error when the URL is not one of EventStoreDB
 */
export function openEventStoreDb(options: EventStoreDbOptions): Promise<EventStore> {
  return EventStoreDbEventStore.open(options);
}
