import type { ReadAllOptions } from '../event-store';
import {
  collectBatches,
  eventsIn,
  headPosition,
  type MakeStore,
  newEvent,
  newEvents,
  newPrefix,
  useStore,
} from './harness';

export function logFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);

  /** Appends ten events to each of three streams, in turns. */
  async function threeStreams() {
    const prefix = newPrefix();
    const start = await headPosition(store());
    for (let i = 0; i < 10; i++)
      for (const name of ['a', 'b', 'c']) await store().append(prefix + name, 'any', [newEvent({ i, name })]);
    const read = async (options: ReadAllOptions = {}, after = start) =>
      collectBatches(store().readAll(after, { filter: { streamPrefixes: [prefix] }, ...options }));
    return { prefix, start, read };
  }

  it('returns all events in the order of commits, with rising positions', async () => {
    const { read, prefix } = await threeStreams();
    const events = eventsIn(await read());
    expect(events.map(({ data }) => data)).toEqual(
      Array.from({ length: 30 }, (_, n) => ({ i: Math.floor(n / 3), name: 'abc'[n % 3] })),
    );
    expect(events.filter(({ stream }) => stream === `${prefix}b`).map(({ revision }) => revision)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
    const positions = events.map(({ position }) => position);
    expect([...new Set(positions)].sort()).toEqual(positions);
  });

  it('returns batches of at most the requested size', async () => {
    const { read } = await threeStreams();
    const batches = await read({ batchSize: 7 });
    expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(7);
    expect(eventsIn(batches)).toHaveLength(30);
    const throughs = batches.map(({ through }) => through);
    expect([...new Set(throughs)].sort()).toEqual(throughs);
    for (const { events, through } of batches)
      for (const { position } of events) expect(position <= through).toBe(true);
    expect(batches.at(-1)).toMatchObject({ caughtUp: true, through: await headPosition(store()) });
    expect(batches.at(-1)?.throughRecordedAt).toBe((await store().head())?.recordedAt);
  });

  it('goes on after any position', async () => {
    const { read } = await threeStreams();
    const events = eventsIn(await read());
    for (const i of [0, 13, 28]) {
      const rest = eventsIn(await read({}, events[i]?.position ?? null));
      expect(rest.map(({ id }) => id)).toEqual(events.slice(i + 1).map(({ id }) => id));
    }
    expect(eventsIn(await read({}, events[29]?.position ?? null))).toEqual([]);
  });

  it('stops at a position, inclusive', async () => {
    const { read } = await threeStreams();
    const events = eventsIn(await read());
    const until = events[11]?.position ?? '';
    const batches = await read({ until, batchSize: 5 });
    expect(eventsIn(batches).map(({ id }) => id)).toEqual(events.slice(0, 12).map(({ id }) => id));
    expect(batches.at(-1)?.through).toBe(until);
    expect(batches.at(-1)?.caughtUp).toBe(until === (await headPosition(store())));
    expect(await read({ until }, until)).toEqual([]);
  });

  it('ends at the head at the time of the call', async () => {
    const { read, prefix } = await threeStreams();
    const filter = { streamPrefixes: [prefix] };
    const after = eventsIn(await read())[14]?.position ?? null;
    const seen: string[] = [];
    for await (const batch of store().readAll(after, { filter, batchSize: 5 })) {
      if (seen.length === 0) await store().append(`${prefix}late`, 'any', newEvents(20));
      seen.push(...batch.events.map(({ stream }) => stream));
    }
    expect(seen).toHaveLength(15);
    expect(seen).not.toContain(`${prefix}late`);
  });

  it('filters by stream prefix, and says how far it has looked', async () => {
    const { read, prefix, start } = await threeStreams();
    await store().append(`${newPrefix()}other`, 'noStream', newEvents(40));
    const filter = { streamPrefixes: [`${prefix}a`, `${prefix}c`] };
    const batches = await read({ filter, batchSize: 10 });
    expect(new Set(eventsIn(batches).map(({ stream }) => stream))).toEqual(
      new Set([`${prefix}a`, `${prefix}c`]),
    );
    expect(eventsIn(batches)).toHaveLength(20);
    expect(batches.at(-1)).toMatchObject({ caughtUp: true, through: await headPosition(store()) });
    // A prefix is text, not a pattern.
    const pattern = { streamPrefixes: [`${prefix.slice(0, -1)}_`, '%', '.*'] };
    expect(eventsIn(await collectBatches(store().readAll(start, { filter: pattern })))).toEqual([]);
  });

  it('leaves out metadata on request', async () => {
    const { read } = await threeStreams();
    const [event] = eventsIn(await read({ metadata: false }));
    const [whole] = eventsIn(await read());
    expect(() => event?.metadata).toThrow('without metadata');
    expect(event?.data).toEqual(whole?.data);
    expect(whole?.metadata).toMatchObject({ schemaVersion: 1 });
  });

  it('bounds a batch of large events by bytes', async () => {
    const prefix = newPrefix();
    const start = await headPosition(store());
    const text = 'x'.repeat(1_000_000);
    await Promise.all(
      Array.from({ length: 24 }, (_, i) => store().append(prefix + i, 'any', [newEvent({ i, text })])),
    );
    const filter = { streamPrefixes: [prefix] };
    const batches = await collectBatches(store().readAll(start, { filter, batchSize: 1_000 }));
    expect(eventsIn(batches)).toHaveLength(24);
    expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThan(24);
  });

  it('ends at once if the signal has aborted before, and between batches if it aborts later', async () => {
    const { start, prefix } = await threeStreams();
    const filter = { streamPrefixes: [prefix] };
    expect(await collectBatches(store().readAll(start, { signal: AbortSignal.abort() }))).toEqual([]);
    const abort = new AbortController();
    let batches = 0;
    for await (const _ of store().readAll(start, { filter, batchSize: 5, signal: abort.signal })) {
      batches++;
      abort.abort();
    }
    expect(batches).toBe(1);
  });

  it('counts the events after a position', async () => {
    const start = await headPosition(store());
    const { position } = await store().append(`${newPrefix()}a`, 'any', newEvents(3));
    await store().append(`${newPrefix()}b`, 'any', newEvents(4));
    expect(await store().countAfter(position)).toBe(4);
    expect(
      (await store().countAfter(null)) - (start ? await store().countAfter(start) : 0),
    ).toBeGreaterThanOrEqual(0);
    expect(await store().countAfter(await headPosition(store()))).toBe(0);
  });

  it('keeps its identity and its head after a restart', async () => {
    await store().append(`${newPrefix()}a`, 'any', newEvents(1));
    const [identity, head] = [await store().identity(), await store().head()];
    const reopened = await current().reopen();
    expect(await reopened.identity()).toBe(identity);
    expect(await reopened.head()).toEqual(head);
  });
}
