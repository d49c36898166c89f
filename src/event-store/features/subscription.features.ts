import { until } from '../../../test/support/until';
import { StoreUnavailableError } from '../errors';
import type { EventStore, NewEvent } from '../event-store';
import { follow, headPosition, type MakeStore, newEvent, newEvents, newPrefix, useStore } from './harness';

export function subscriptionFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);
  const numbers = (events: { data: unknown }[]) => events.map(({ data }) => (data as { n: number }).n);
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

  it('returns existing events, then new ones', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    await store().append(`${prefix}a`, 'any', newEvents(10));
    const reader = follow(store(), start, prefix, 4);
    await until(() => reader.events.length === 10);
    await until(() => reader.batches.at(-1)?.caughtUp === true);
    for (let n = 10; n < 15; n++) {
      await store().append(`${prefix}b`, 'any', [newEvent({ n })]);
      await until(() => reader.events.length === n + 1);
    }
    await reader.stop();
    expect(numbers(reader.events)).toEqual(upTo(15));
  });

  it('waits for an idle log, and ends without an error when it is stopped', async () => {
    const reader = follow(store(), await headPosition(store()), newPrefix());
    await store().head();
    await reader.stop();
    expect(reader.events).toEqual([]);
  });

  it('says how far it has looked when the filter leaves everything out', async () => {
    const start = await headPosition(store());
    const reader = follow(store(), start, newPrefix());
    await store().append(`${newPrefix()}other`, 'any', newEvents(3));
    const head = await headPosition(store());
    await until(() => reader.batches.at(-1)?.through === head);
    await reader.stop();
    expect(reader.events).toEqual([]);
    expect(reader.batches.at(-1)?.caughtUp).toBe(true);
  });

  it('ends at `until`', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    const { position } = await store().append(`${prefix}a`, 'any', newEvents(3));
    await store().append(`${prefix}a`, 'any', newEvents(3));
    const events: unknown[] = [];
    for await (const batch of store().subscribeAll(start, {
      until: position,
      filter: { streamPrefixes: [prefix] },
    }))
      events.push(...batch.events);
    expect(events).toHaveLength(3);
  });

  it('serves several readers', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    const readers = [1, 2, 3].map((size) => follow(store(), start, prefix, size));
    await Promise.all(newEvents(30).map((event) => store().append(`${prefix}a`, 'any', [event])));
    await until(() => readers.every(({ events }) => events.length === 30));
    await Promise.all(readers.map((reader) => reader.stop()));
    for (const { events } of readers) expect(numbers(events)).toEqual(upTo(30));
  });

  it('lets a reader set the pace, and misses nothing', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    await store().append(`${prefix}a`, 'any', newEvents(100));
    const abort = new AbortController();
    const filter = { streamPrefixes: [prefix] };
    const seen: number[] = [];
    for await (const { events } of store().subscribeAll(start, {
      filter,
      batchSize: 10,
      signal: abort.signal,
    })) {
      // The log grows while the reader works on an early part of it.
      if (seen.length === 0)
        for (let n = 100; n < 150; n++) await store().append(`${prefix}a`, 'any', [newEvent({ n })]);
      seen.push(...numbers(events));
      if (seen.length === 150) abort.abort();
    }
    expect(seen).toEqual(upTo(150));
  });

  it('continues after lost connections, misses nothing and repeats nothing', async () => {
    const prefix = newPrefix();
    const reader = follow(store(), await headPosition(store()), prefix, 5);
    for (let round = 0; round < 3; round++) {
      const appended = (async () => {
        for (let n = round * 30; n < round * 30 + 30; n++) await insist(store(), `${prefix}a`, n);
      })();
      await until(() => reader.events.length >= round * 30 + 5);
      await current().dropConnections();
      await appended;
    }
    await until(() => reader.events.length >= 90);
    await reader.stop();
    expect(numbers(reader.events)).toEqual(upTo(90));
  });

  it('continues after an outage', async () => {
    const prefix = newPrefix();
    const reader = follow(store(), await headPosition(store()), prefix);
    await store().append(`${prefix}a`, 'any', [newEvent({ n: 0 })]);
    await until(() => reader.events.length === 1);
    const restore = await current().outage();
    try {
      await expect(store().head()).rejects.toBeInstanceOf(StoreUnavailableError);
    } finally {
      await restore();
    }
    await insist(store(), `${prefix}a`, 1);
    await until(() => reader.events.length === 2);
    await reader.stop();
    expect(numbers(reader.events)).toEqual([0, 1]);
  });

  it('ends when the store is closed', async () => {
    const other = await makeStore();
    const reader = follow(other.store, await headPosition(other.store), newPrefix());
    await other.store.append(`${newPrefix()}a`, 'any', newEvents(1));
    await until(() => reader.batches.length > 0);
    await other.close();
    await reader.stop();
  });
}

/** Appends event number n of the stream. Repeats the same append while the store is unavailable. */
async function insist(store: EventStore, stream: string, n: number): Promise<void> {
  const event: NewEvent = newEvent({ n });
  for (;;) {
    try {
      await store.append(stream, n === 0 ? 'noStream' : n - 1, [event]);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await new Promise(setImmediate);
    }
  }
}
