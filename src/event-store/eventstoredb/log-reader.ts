import { FORWARDS } from '@eventstore/db-client';
import { ForeignPositionError } from '../errors';
import type { RecordedEvent } from '../event';
import type { EventBatch, LogHead, ReadAllOptions } from '../event-store';
import type { Position } from '../position';
import type { UpcasterRegistry } from '../upcasters';
import { ClientStream } from './client-stream';
import type { Connection } from './connection';
import { type Marker, readMarker } from './identity';
import { LogHeadFinder } from './log-head';
import { LogRun } from './log-run';
import { fromPosition, type LogPosition } from './position';
import { decodeEvent, type ServerEvent } from './recorded-event';
import { passes, type StreamNames } from './stream-names';

/**
 * Reads the log from one position to another. It leaves out events of other programs itself, rather than the
 * server, so that a batch can say how far it has looked.
 */
export class LogReader {
  private readonly heads: LogHeadFinder;

  constructor(
    readonly connection: Connection,
    readonly names: StreamNames,
    private readonly upcasters: UpcasterRegistry,
    /** of the log that was opened */
    private readonly marker: Marker,
  ) {
    this.heads = new LogHeadFinder(connection, (event) => this.decode(event, {}), marker.begins);
  }

  /** @throws StoreUnavailableError */
  head(): Promise<LogHead | null> {
    return this.heads.find();
  }

  /** @throws UpcastError for an event of ours that cannot be upcast */
  decode(event: ServerEvent, { metadata = true }: ReadAllOptions): RecordedEvent | null {
    return decodeEvent(event, { names: this.names, upcasters: this.upcasters, metadata });
  }

  /**
   * Reads batches from a position to `until` or to the present end of the log. Ends when `signal` aborts.
   * @throws ForeignPositionError when the log ends before `after` or was replaced by another;
   *   StoreUnavailableError
   */
  async *read(after: Position | null, options: ReadAllOptions): AsyncGenerator<EventBatch> {
    const { signal, filter } = options;
    if (signal?.aborted) return;
    const head = await this.checkedHead(after);
    if (head === null || (after ?? '') >= head.position) return;
    const end = earlier(options.until, head.position);
    const run = new LogRun(options);
    for await (const event of this.events(after, options)) {
      if (event.position > end) break;
      run.add(event, passes(filter, event.stream));
      if (event.position === end) break;
      if (!run.isFull) continue;
      yield run.take(false);
      if (signal?.aborted) return;
    }
    if (!run.isEmpty && !signal?.aborted) yield run.take(run.through === head.position);
  }

  /**
   * The head of the log, after a check that it is still the log that was opened.
   * @throws ForeignPositionError when it is not, or ends before `after`; StoreUnavailableError
   */
  async checkedHead(after: Position | null): Promise<LogHead | null> {
    fromPosition(after);
    const { identity } = await readMarker(this.connection, this.names.marker);
    if (identity !== this.marker.identity)
      throw new ForeignPositionError(`Event store ${this.marker.identity} was replaced by ${identity}`);
    const head = await this.head();
    if (after && (head === null || head.position < after))
      throw new ForeignPositionError(
        `Position ${after} is not of this log, which ${head ? `ends at ${head.position}` : 'is empty'}`,
      );
    return head;
  }

  /**
   * How many events stand after a position. Counts the first `exactly` events. Beyond those it estimates:
   * positions are byte offsets, so the share of bytes that was read tells how many events are left.
   * @throws ForeignPositionError, StoreUnavailableError
   */
  async count(after: Position | null, exactly: number): Promise<number> {
    const head = await this.head();
    if (head === null || (after ?? '') >= head.position) return 0;
    let count = 0;
    let first: bigint | undefined;
    for await (const { position } of this.events(after, { metadata: false })) {
      if (position > head.position) break;
      count++;
      first ??= BigInt(position);
      if (position === head.position) break;
      if (count > exactly) {
        const [read, whole] = [BigInt(position) - first, BigInt(head.position) - first];
        return Math.round((count - 1) * (Number(whole) / Number(read))) + 1;
      }
    }
    return count;
  }

  /**
   * Where the server has to begin to read our events after a position: where our log begins at the earliest.
   */
  startAfter(position: Position | null): LogPosition | 'start' {
    return fromPosition(position || this.marker.begins);
  }

  /** Reads our events after a position, to the end of the log. */
  private async *events(after: Position | null, options: ReadAllOptions): AsyncGenerator<RecordedEvent> {
    const { client, callTimeoutMs } = this.connection;
    const read = client.readAll({ direction: FORWARDS, fromPosition: this.startAfter(after) });
    const stream = new ClientStream(read);
    try {
      for (;;) {
        const resolved = await stream.next(callTimeoutMs, options.signal);
        if (resolved === null) return;
        const event = resolved.event ? this.decode(resolved.event, options) : null;
        // The server's answer begins with the event at the position itself.
        if (event !== null && event.position > (after ?? '')) yield event;
      }
    } finally {
      stream.stop();
    }
  }
}

const earlier = (a: Position | undefined, b: Position): Position => (a !== undefined && a < b ? a : b);
