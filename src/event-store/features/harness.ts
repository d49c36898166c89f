import { randomBytes, randomUUID } from 'node:crypto';
import type { WriterTask } from '../../../test/support/append-writer';
import type { EventBatch, EventStore, NewEvent, RecordedEvent } from '../event-store';
import type { Position } from '../position';

/** An open store, and the faults that a test can cause in it. */
export interface StoreUnderTest {
  store: EventStore;
  /** Closes the store and opens the same log anew, as after a restart. */
  reopen(): Promise<EventStore>;
  /** Cuts every connection of every store on this log, once. */
  dropConnections(): Promise<void>;
  /** Makes the server refuse connections until the returned function is called. */
  outage(): Promise<() => Promise<void>>;
  /** Appends from another process. Resolves when that has succeeded. */
  runWriter(task: WriterTask): Promise<void>;
  close(): Promise<void>;
}

export type MakeStore = () => Promise<StoreUnderTest>;

/** Makes one store for the tests of a block. */
export function useStore(makeStore: MakeStore): { current(): StoreUnderTest; store(): EventStore } {
  let made: StoreUnderTest | undefined;
  beforeAll(async () => {
    made = await makeStore();
  });
  afterAll(async () => {
    await made?.close();
  });
  const current = () => {
    if (made === undefined) throw new Error('The store is made before the first test');
    return made;
  };
  return { current, store: () => current().store };
}

/** A stream prefix that no other test has. */
export const newPrefix = (): string => `t${randomBytes(6).toString('hex')}-`;

export function newEvent(data: unknown = {}, type = 'Tested'): NewEvent {
  const id = randomUUID();
  return {
    id,
    type,
    data,
    occurredAt: Date.UTC(2026, 0, 1, 12, 0, 0, 123),
    metadata: { schemaVersion: 1, correlationId: id, causationId: id },
  };
}

/** Makes events with the data { n: 0 }, { n: 1 } ... */
export const newEvents = (count: number): NewEvent[] =>
  Array.from({ length: count }, (_, n) => newEvent({ n }));

export async function collect<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}

export async function collectBatches(batches: AsyncIterable<EventBatch>): Promise<EventBatch[]> {
  const all: EventBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

export const eventsIn = (batches: EventBatch[]): RecordedEvent[] => batches.flatMap(({ events }) => events);

export async function headPosition(store: EventStore): Promise<Position | null> {
  return (await store.head())?.position ?? null;
}

/** Subscribes to the log and collects its events until `stop` is called. */
export function follow(
  store: EventStore,
  after: Position | null,
  prefix: string,
  batchSize?: number,
): { events: RecordedEvent[]; batches: EventBatch[]; done: Promise<void>; stop(): Promise<void> } {
  const abort = new AbortController();
  const events: RecordedEvent[] = [];
  const batches: EventBatch[] = [];
  const filter = { streamPrefixes: [prefix] };
  const done = (async () => {
    for await (const batch of store.subscribeAll(after, { filter, batchSize, signal: abort.signal })) {
      batches.push(batch);
      events.push(...batch.events);
    }
  })();
  return {
    events,
    batches,
    done,
    stop() {
      abort.abort();
      return done;
    },
  };
}
