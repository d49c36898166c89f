import type { RecordedEvent } from './event';
import type { Position } from './position';
import { dataJson, metadataJson } from './stored-event';

/** Texts of some rows, as UTF-8 within the heap of their batch. */
export interface TextColumn {
  /** of each row, where its text begins in the heap */
  starts: Int32Array;
  /** bytes of each text */
  lengths: Int32Array;
}

/**
 * Consecutive events of the log as columns, so that no object has to be made of an event. Reading the next
 * batch overwrites this one.
 */
export interface ColumnBatch {
  /** number of events; the columns may have room for more */
  rows: number;
  /** the bytes of all texts, and maybe others between them */
  heap: Buffer;
  positions: TextColumn;
  ids: TextColumn;
  streams: TextColumn;
  types: TextColumn;
  /** JSON as it was appended; of an event that was lifted, in the newest shape of its type */
  data: TextColumn;
  metadata: TextColumn;
  revisions: Int32Array;
  /** business time, microseconds since 1970 */
  occurredAt: BigInt64Array;
  /** when the store wrote it, microseconds since 1970 */
  recordedAt: BigInt64Array;
}

export interface ReadColumnsOptions {
  /** inclusive end; default: the head at the time of the call */
  until?: Position;
  /** the run ends behind so many events; default: no such limit */
  mostEvents?: number;
  /**
   * and before its data and metadata have more bytes than this, but not before its first event; default: no
   * such limit
   */
  mostBytes?: number;
  signal?: AbortSignal;
}

/** Every batch but the last of a run has so many events, unless BATCH_BYTES end it. */
export const BATCH_EVENTS = 2_048;
/** A batch ends with the event that brings its heap to so many bytes. */
export const BATCH_BYTES = 16 * 1024 * 1024;

export const TEXT_COLUMNS = ['positions', 'ids', 'streams', 'types', 'data', 'metadata'] as const;

const FIRST_HEAP_BYTES = 1024 * 1024;
/** A UTF-16 unit has at most so many bytes in UTF-8. */
const BYTES_PER_UNIT = 3;
const MICROSECONDS = 1_000n;
/** The last time that a JavaScript Date can be. */
const LATEST_MS = 8_640_000_000_000_000;

const textColumn = (): TextColumn => ({
  starts: new Int32Array(BATCH_EVENTS),
  lengths: new Int32Array(BATCH_EVENTS),
});

/** An empty batch with room for BATCH_EVENTS events. */
export const emptyBatch = (): ColumnBatch => ({
  rows: 0,
  heap: Buffer.alloc(0),
  positions: textColumn(),
  ids: textColumn(),
  streams: textColumn(),
  types: textColumn(),
  data: textColumn(),
  metadata: textColumn(),
  revisions: new Int32Array(BATCH_EVENTS),
  occurredAt: new BigInt64Array(BATCH_EVENTS),
  recordedAt: new BigInt64Array(BATCH_EVENTS),
});

/** The text of a row. */
export const textAt = ({ heap }: ColumnBatch, { starts, lengths }: TextColumn, row: number): string => {
  const start = starts[row] as number;
  return heap.toString('utf8', start, start + (lengths[row] as number));
};

/** Makes batches of events that are objects already. */
export class ColumnBuilder {
  private readonly batch = emptyBatch();
  private room = Buffer.allocUnsafeSlow(FIRST_HEAP_BYTES);
  private used = 0;

  get isFull(): boolean {
    return this.batch.rows === BATCH_EVENTS || this.used >= BATCH_BYTES;
  }

  get isEmpty(): boolean {
    return this.batch.rows === 0;
  }

  /** Adds an event to a batch that is not full. @returns the bytes of its data and metadata */
  add(event: RecordedEvent): number {
    const { batch } = this;
    const row = batch.rows++;
    this.put(batch.positions, row, event.position);
    this.put(batch.ids, row, event.id);
    this.put(batch.streams, row, event.stream);
    this.put(batch.types, row, event.type);
    const bytes =
      this.put(batch.data, row, dataJson(event)) + this.put(batch.metadata, row, metadataJson(event));
    batch.revisions[row] = event.revision;
    batch.occurredAt[row] = microseconds(event.occurredAt);
    batch.recordedAt[row] = microseconds(event.recordedAt);
    return bytes;
  }

  /** The batch. It is valid until the next event is added, which begins a new one. */
  take(): ColumnBatch {
    const taken = { ...this.batch, heap: this.room.subarray(0, this.used) };
    this.batch.rows = 0;
    this.used = 0;
    return taken;
  }

  private put({ starts, lengths }: TextColumn, row: number, text: string): number {
    const most = this.used + text.length * BYTES_PER_UNIT;
    if (most > this.room.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(most, this.room.length * 2));
      this.room.copy(larger, 0, 0, this.used);
      this.room = larger;
    }
    const length = this.room.write(text, this.used);
    starts[row] = this.used;
    lengths[row] = length;
    this.used += length;
    return length;
  }
}

/** Makes batches of events, up to the limits of a run. The events are those behind a position, in order. */
export async function* columnsOf(
  events: AsyncIterable<readonly RecordedEvent[]> | Iterable<readonly RecordedEvent[]>,
  {
    mostEvents = Number.POSITIVE_INFINITY,
    mostBytes = Number.POSITIVE_INFINITY,
  }: Pick<ReadColumnsOptions, 'mostEvents' | 'mostBytes'> = {},
): AsyncGenerator<ColumnBatch> {
  const builder = new ColumnBuilder();
  let [count, bytes] = [0, 0];
  for await (const some of events) {
    for (const event of some) {
      const size = sizeOf(event);
      if (count === mostEvents || (count > 0 && bytes + size > mostBytes)) {
        if (!builder.isEmpty) yield builder.take();
        return;
      }
      builder.add(event);
      count++;
      bytes += size;
      if (builder.isFull) yield builder.take();
    }
  }
  if (!builder.isEmpty) yield builder.take();
}

const sizeOf = (event: RecordedEvent): number =>
  Buffer.byteLength(dataJson(event)) + Buffer.byteLength(metadataJson(event));

/** Of Unix milliseconds. Another program may have written a time that is none. */
const microseconds = (unixMs: number): bigint =>
  BigInt(Math.round(Math.min(Math.max(unixMs, -LATEST_MS), LATEST_MS))) * MICROSECONDS;
