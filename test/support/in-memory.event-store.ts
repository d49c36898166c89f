import { randomUUID } from 'node:crypto';
import {
  AppendTooLargeError,
  InvalidAppendError,
  WrongExpectedRevisionError,
} from '../../src/event-store/errors';
import type {
  AppendResult,
  ColumnBatch,
  EventBatch,
  EventStore,
  ExpectedRevision,
  LogHead,
  NewEvent,
  ReadColumnsOptions,
  ReadStreamOptions,
  RecordedEvent,
} from '../../src/event-store/event-store';
import { columnsOf } from '../../src/event-store/log-columns';
import type { Position } from '../../src/event-store/position';

const LIMIT_BYTES = 1024 * 1024;

/**
 * Streams in memory, for specs of what stands on the port. Honest about expected revisions and resends of the
 * same ids; every call gives way once, as a real store would, so that racing callers really interleave.
 */
export class InMemoryEventStore implements EventStore {
  readonly log: RecordedEvent[] = [];
  /** as `false`, a store that keeps the matter to itself */
  tellsResends = true;
  private readonly id = randomUUID();

  async identity(): Promise<string> {
    return this.id;
  }

  async append(stream: string, expected: ExpectedRevision, events: NewEvent[]): Promise<AppendResult> {
    await giveWay();
    if (events.length === 0) throw new InvalidAppendError('No events');
    const json = JSON.stringify(events);
    if (json.length > LIMIT_BYTES) throw new AppendTooLargeError(stream, json.length, LIMIT_BYTES);
    const present = this.streamOf(stream);
    if (!matches(expected, present.length)) {
      const first =
        expected === 'noStream' ? 0 : typeof expected === 'number' ? expected + 1 : present.length;
      const resent = events.map((event, index) => sameId(present[first + index], event));
      const last = resent.at(-1);
      if (last === undefined || resent.includes(undefined)) {
        throw new WrongExpectedRevisionError(stream, expected, present.at(-1)?.revision ?? null);
      }
      return { revision: last.revision, position: last.position, resent: this.tellsResends || undefined };
    }
    const copies: NewEvent[] = JSON.parse(json);
    for (const [index, event] of copies.entries()) {
      const position = String(this.log.length + 1).padStart(16, '0');
      const revision = present.length + index;
      this.log.push({ ...event, stream, revision, position, recordedAt: Date.now() } as RecordedEvent);
    }
    return {
      revision: present.length + events.length - 1,
      position: String(this.log.length).padStart(16, '0'),
      resent: this.tellsResends ? false : undefined,
    };
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent[]> {
    await giveWay();
    const { direction = 'forwards', limit = Number.POSITIVE_INFINITY } = options;
    const all = this.streamOf(stream);
    const wanted =
      direction === 'forwards'
        ? all.slice(options.from ?? 0)
        : all.slice(0, (options.from ?? all.length) + 1).reverse();
    const events = wanted.slice(0, limit);
    if (events.length > 0) yield structuredClone(events);
  }

  async *readAll(after: Position | null): AsyncIterable<EventBatch> {
    await giveWay();
    const events = this.log.filter(({ position }) => position > (after ?? ''));
    const last = events.at(-1);
    if (last !== undefined) {
      yield { events, through: last.position, throughRecordedAt: last.recordedAt, caughtUp: true };
    }
  }

  async *readColumns(after: Position | null, options: ReadColumnsOptions = {}): AsyncIterable<ColumnBatch> {
    const { until } = options;
    for await (const { events } of this.readAll(after))
      yield* columnsOf([events.filter(({ position }) => !until || position <= until)], options);
  }

  // biome-ignore lint/correctness/useYield: it refuses
  async *subscribeAll(): AsyncIterable<EventBatch> {
    throw new Error('The in-memory store has no subscriptions');
  }

  async head(): Promise<LogHead | null> {
    return this.log.at(-1) ?? null;
  }

  async countAfter(position: Position | null): Promise<number> {
    return this.log.filter((event) => event.position > (position ?? '')).length;
  }

  async close(): Promise<void> {}

  /** One stream's events, as the log holds them. */
  streamOf(stream: string): RecordedEvent[] {
    return this.log.filter((event) => event.stream === stream);
  }
}

function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function matches(expected: ExpectedRevision, length: number): boolean {
  if (expected === 'any') return true;
  if (expected === 'noStream') return length === 0;
  if (expected === 'streamExists') return length > 0;
  return expected === length - 1;
}

function sameId(recorded: RecordedEvent | undefined, event: NewEvent): RecordedEvent | undefined {
  return recorded?.id === event.id ? recorded : undefined;
}
