import { until } from '../../../test/support/until';
import { ForeignPositionError } from '../errors';
import type { ColumnBatch, ReadColumnsOptions, RecordedEvent } from '../event-store';
import { textAt } from '../log-columns';
import { dataJson, metadataJson } from '../stored-event';
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

/** What the columns say of an event. */
const rowOf = (batch: ColumnBatch, row: number) => ({
  position: textAt(batch, batch.positions, row),
  id: textAt(batch, batch.ids, row),
  stream: textAt(batch, batch.streams, row),
  revision: batch.revisions[row],
  type: textAt(batch, batch.types, row),
  occurredAt: Number((batch.occurredAt[row] as bigint) / 1_000n),
  recordedAt: Number((batch.recordedAt[row] as bigint) / 1_000n),
  data: textAt(batch, batch.data, row),
  metadata: textAt(batch, batch.metadata, row),
});

const asRow = (event: RecordedEvent) => ({
  position: event.position,
  id: event.id,
  stream: event.stream,
  revision: event.revision,
  type: event.type,
  // Adding 0 makes 0 of -0.
  occurredAt: event.occurredAt + 0,
  recordedAt: event.recordedAt,
  data: dataJson(event),
  metadata: metadataJson(event),
});

export function columnsFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);

  /** The rows of each batch. */
  async function read(after: string | null, options: ReadColumnsOptions = {}) {
    const batches: ReturnType<typeof rowOf>[][] = [];
    for await (const batch of store().readColumns(after, options))
      batches.push(Array.from({ length: batch.rows }, (_, row) => rowOf(batch, row)));
    return batches;
  }

  /** Appends events with these data to a stream each, and gives the position before them. */
  async function appended(data: readonly unknown[]): Promise<string | null> {
    const [start, prefix] = [await headPosition(store()), newPrefix()];
    for (const [n, one] of data.entries()) await store().append(prefix + n, 'any', [newEvent(one)]);
    return start;
  }

  it('has of every event what its object has, texts of every kind and times of every age', async () => {
    const start = await appended([
      {},
      'a text',
      null,
      { text: 'a,\n"b"\r\n\u2028 \u00fc \u{1f600}', list: [1, 'x,\ny'], number: 1e21 },
      { empty: '', long: 'ä'.repeat(40_000) },
    ]);
    const times = [-62_135_596_800_000, -1, 0, 8_640_000_000_000_000];
    const old = times.map((occurredAt) => ({ ...newEvent({}, 'Ereignis-é'), occurredAt }));
    await store().append(`${newPrefix()}é`, 'noStream', old);
    const events = eventsIn(await collectBatches(store().readAll(start)));
    expect(events).toHaveLength(5 + times.length);
    expect(await read(start)).toEqual([events.map(asRow)]);
  });

  it('ends a run after so many events, and begins the next one behind it', async () => {
    const start = await appended(Array.from({ length: 7 }, (_, n) => ({ n })));
    const [all = []] = await read(start);
    const [first = []] = await read(start, { mostEvents: 3 });
    expect(first).toEqual(all.slice(0, 3));
    expect(await read(first.at(-1)?.position ?? '', { mostEvents: 99 })).toEqual([all.slice(3)]);
    expect(await read(all.at(-1)?.position ?? '')).toEqual([]);
  });

  it('ends a run at a position, inclusive', async () => {
    const start = await appended(Array.from({ length: 5 }, (_, n) => ({ n })));
    const [all = []] = await read(start);
    expect(await read(start, { until: all[2]?.position })).toEqual([all.slice(0, 3)]);
    expect(await read(all[2]?.position ?? '', { until: all[2]?.position })).toEqual([]);
  });

  it('bounds a run by bytes, and gives an event that is larger all the same', async () => {
    const start = await appended([10, 400_000, 400_000, 10, 10].map((length) => 'x'.repeat(length)));
    const sizes = async (mostBytes: number) => {
      const runs: number[][] = [];
      for (let after = start; ; ) {
        const rows = (await read(after, { mostBytes })).flat();
        if (rows.length === 0) return runs;
        runs.push(rows.map(({ data }) => data.length));
        after = rows.at(-1)?.position ?? null;
      }
    };
    expect(await sizes(1)).toEqual([[12], [400_002], [400_002], [12], [12]]);
    expect(await sizes(500_000)).toEqual([
      [12, 400_002],
      [400_002, 12, 12],
    ]);
    expect(await sizes(2_000_000)).toEqual([[12, 400_002, 400_002, 12, 12]]);
  });

  it('has full batches, whatever came between, and smaller ones of large events', async () => {
    const [start, prefix] = [await headPosition(store()), newPrefix()];
    for (const part of [1, 2, 3]) await store().append(prefix + part, 'noStream', newEvents(1_000));
    expect((await read(start)).map((rows) => rows.length)).toEqual([2_048, 952]);
    const before = await headPosition(store());
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        store().append(`${prefix}large-${n}`, 'noStream', [newEvent('x'.repeat(1_000_000))]),
      ),
    );
    expect((await read(before)).map((rows) => rows.length)).toEqual([17, 3]);
  });

  it('ends at once if the signal has aborted before, and soon if it aborts later', async () => {
    const [start, prefix] = [await headPosition(store()), newPrefix()];
    for (const part of [1, 2, 3, 4]) await store().append(prefix + part, 'noStream', newEvents(1_500));
    expect(await read(start, { signal: AbortSignal.abort() })).toEqual([]);
    const abort = new AbortController();
    let rows = 0;
    for await (const batch of store().readColumns(start, { signal: abort.signal })) {
      rows += batch.rows;
      abort.abort();
    }
    expect(rows).toBeGreaterThan(0);
    // The store serves others afterwards.
    expect((await read(start)).flat()).toHaveLength(6_000);
  });

  it('is read again after a consumer broke off, as often as one likes', async () => {
    const start = await appended(Array.from({ length: 20 }, (_, n) => ({ n })));
    for (let time = 0; time < 12; time++)
      for await (const batch of store().readColumns(start)) {
        expect(batch.rows).toBe(20);
        break;
      }
    expect((await read(start)).flat()).toHaveLength(20);
  });

  it('fails where the connection is lost, and works when it is back', async () => {
    const [start, prefix] = [await headPosition(store()), newPrefix()];
    for (let part = 0; part < 30; part++)
      await store().append(prefix + part, 'noStream', [newEvent('x'.repeat(1_000_000))]);
    const batches = store().readColumns(start)[Symbol.asyncIterator]();
    await batches.next();
    await current().dropConnections();
    const rest = async () => {
      let rows = 0;
      for (let next = await batches.next(); !next.done; next = await batches.next()) rows += next.value.rows;
      return rows;
    };
    // What had arrived may be all there was.
    await rest().then(
      (rows) => expect(rows).toBe(13),
      (error) => expect(error.name).toBe('StoreUnavailableError'),
    );
    await until(async () => (await read(start).catch(() => [])).flat().length === 30);
  });

  it('refuses a position of another log', async () => {
    await expect(read('nowhere')).rejects.toBeInstanceOf(ForeignPositionError);
    const beyond = (await headPosition(store()))?.replace(/^0/, '8') ?? '';
    await expect(read(beyond)).rejects.toBeInstanceOf(ForeignPositionError);
  });
}
