import { WrongExpectedRevisionError } from '../errors';
import type { AppendResult, NewEvent } from '../event-store';
import { collect, type MakeStore, newEvent, newEvents, newPrefix, useStore } from './harness';

export function idempotencyFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);

  /** The result of a second attempt. */
  const resent = (first: AppendResult): AppendResult =>
    store().tellsResends ? { ...first, resent: true } : first;

  /** Makes a stream of two events, and behind them the batch under test at revisions 2, 3, 4. */
  async function streamWithBatch() {
    const stream = `${newPrefix()}a`;
    const batch = newEvents(3) as [NewEvent, NewEvent, NewEvent];
    await store().append(stream, 'noStream', newEvents(2));
    const result = await store().append(stream, 1, batch);
    return { stream, batch, result };
  }

  it('returns the first result to a resend, and writes nothing', async () => {
    const { stream, batch, result } = await streamWithBatch();
    expect(await store().append(stream, 1, batch)).toEqual(resent(result));
    expect(await collect(store().readStream(stream))).toHaveLength(5);
  });

  it('does so for noStream', async () => {
    const stream = `${newPrefix()}a`;
    const batch = newEvents(2);
    const result = await store().append(stream, 'noStream', batch);
    expect(await store().append(stream, 'noStream', batch)).toEqual(resent(result));
    expect(await collect(store().readStream(stream))).toHaveLength(2);
  });

  it('does so after later events, with the original revision and position', async () => {
    const { stream, batch, result } = await streamWithBatch();
    await store().append(stream, 'any', newEvents(4));
    expect(await store().append(stream, 1, batch)).toEqual(resent(result));
    expect(await collect(store().readStream(stream))).toHaveLength(9);
  });

  it('does so after a restart of the store', async () => {
    const { stream, batch, result } = await streamWithBatch();
    const reopened = await current().reopen();
    expect(await reopened.append(stream, 1, batch)).toEqual(resent(result));
    expect(await collect(reopened.readStream(stream))).toHaveLength(5);
  });

  it('takes the first events of the batch for a resend, and returns their result', async () => {
    const { stream, batch } = await streamWithBatch();
    const stored = await collect(store().readStream(stream));
    expect(await store().append(stream, 1, batch.slice(0, 2))).toMatchObject({
      revision: 3,
      position: stored[3]?.position,
    });
  });

  it.each<[string, (batch: [NewEvent, NewEvent, NewEvent]) => NewEvent[]]>([
    ['goes on beyond what is stored', (batch) => [...batch, newEvent()]],
    ['differs in a later event', ([a, b]) => [a, b, newEvent()]],
    ['differs in the first event', ([, b, c]) => [newEvent(), b, c]],
    ['has another order', ([a, b, c]) => [a, c, b]],
    ['begins later', ([, b, c]) => [b, c]],
  ])('is a conflict where the batch %s', async (_, change) => {
    const { stream, batch } = await streamWithBatch();
    const error = await store()
      .append(stream, 1, change(batch))
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(WrongExpectedRevisionError);
    expect(error).toMatchObject({ expected: 1, actual: 4 });
    expect(await collect(store().readStream(stream))).toHaveLength(5);
  });

  it('is a conflict when the batch is in another stream', async () => {
    const { batch } = await streamWithBatch();
    const other = `${newPrefix()}b`;
    await store().append(other, 'noStream', newEvents(5));
    await expect(store().append(other, 1, batch)).rejects.toBeInstanceOf(WrongExpectedRevisionError);
  });

  it('always writes at the last revision, even ids that the stream already has', async () => {
    const { stream, batch } = await streamWithBatch();
    expect((await store().append(stream, 4, batch)).revision).toBe(7);
    expect(await collect(store().readStream(stream))).toHaveLength(8);
  });

  it('writes once when the same append is sent many times at once', async () => {
    const stream = `${newPrefix()}a`;
    const batch = newEvents(2);
    const results = await Promise.all(
      Array.from({ length: 10 }, () => store().append(stream, 'noStream', batch)),
    );
    expect(new Set(results.map(({ position }) => position)).size).toBe(1);
    expect(await collect(store().readStream(stream))).toHaveLength(2);
  });

  it('makes a retry after a lost connection safe', async () => {
    const prefix = newPrefix();
    const streams = Array.from({ length: 40 }, (_, i) => ({ name: prefix + i, events: newEvents(2) }));
    const appendAll = () =>
      Promise.allSettled(streams.map(({ name, events }) => store().append(name, 'noStream', events)));
    const first = appendAll();
    await current().dropConnections();
    await first;
    for (;;) {
      const again = await appendAll();
      if (again.every(({ status }) => status === 'fulfilled')) break;
    }
    for (const { name, events } of streams) {
      const stored = await collect(store().readStream(name));
      expect(stored.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    }
  });
}
