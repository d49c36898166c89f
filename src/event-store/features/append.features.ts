import { until } from '../../../test/support/until';
import { APPEND_LIMIT_BYTES, ENVELOPE_BYTES } from '../encode-append';
import {
  AppendTooLargeError,
  InvalidAppendError,
  StoreUnavailableError,
  WrongExpectedRevisionError,
} from '../errors';
import type { ExpectedRevision } from '../event-store';
import { collect, type MakeStore, newEvent, newEvents, newPrefix, useStore } from './harness';

export function appendFeatures(makeStore: MakeStore): void {
  const { current, store } = useStore(makeStore);

  it('returns the revision and position of the last event', async () => {
    const stream = `${newPrefix()}a`;
    const first = await store().append(stream, 'noStream', newEvents(3));
    const second = await store().append(stream, 2, newEvents(2));
    expect([first.revision, second.revision]).toEqual([2, 4]);
    const stored = await collect(store().readStream(stream));
    expect([stored[2]?.position, stored[4]?.position]).toEqual([first.position, second.position]);
    expect(first.position < second.position).toBe(true);
  });

  describe.each<[string, number, ExpectedRevision, 'written' | number | null]>([
    ['noStream where there is none', 0, 'noStream', 'written'],
    ['noStream where there is one', 2, 'noStream', 1],
    ['the last revision', 2, 1, 'written'],
    ['an earlier revision', 2, 0, 1],
    ['a later revision', 2, 2, 1],
    ['revision 0 where there is no stream', 0, 0, null],
    ['streamExists where there is one', 2, 'streamExists', 'written'],
    ['streamExists where there is none', 0, 'streamExists', null],
    ['any where there is a stream', 2, 'any', 'written'],
    ['any where there is none', 0, 'any', 'written'],
  ])('expecting %s', (_, present, expected, outcome) => {
    it(outcome === 'written' ? 'is written' : 'is a conflict, and writes nothing', async () => {
      const stream = `${newPrefix()}a`;
      if (present > 0) await store().append(stream, 'noStream', newEvents(present));
      const append = store().append(stream, expected, newEvents(2));
      if (outcome === 'written') {
        expect((await append).revision).toBe(present + 1);
        expect(await collect(store().readStream(stream))).toHaveLength(present + 2);
      } else {
        const error = await append.catch((thrown) => thrown);
        expect(error).toBeInstanceOf(WrongExpectedRevisionError);
        expect(error).toMatchObject({ stream, expected, actual: outcome });
        expect(await collect(store().readStream(stream))).toHaveLength(present);
      }
    });
  });

  it('lets one of many racers win', async () => {
    const stream = `${newPrefix()}a`;
    await store().append(stream, 'noStream', newEvents(1));
    const racers = await Promise.allSettled(
      Array.from({ length: 20 }, () => store().append(stream, 0, newEvents(1))),
    );
    expect(racers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await collect(store().readStream(stream))).toHaveLength(2);
  });

  it('keeps the order of unawaited appends to one stream', async () => {
    const stream = `${newPrefix()}a`;
    await Promise.all(newEvents(50).map((event) => store().append(stream, 'any', [event])));
    const stored = await collect(store().readStream(stream));
    expect(stored.map(({ data }) => data)).toEqual(Array.from({ length: 50 }, (_, n) => ({ n })));
  });

  it('fails a conflicting append alone, and not those sent with it', async () => {
    const prefix = newPrefix();
    await store().append(`${prefix}taken`, 'noStream', newEvents(1));
    const appends = await Promise.allSettled(
      ['a', 'b', 'taken', 'c', 'd'].map((name) => store().append(prefix + name, 'noStream', newEvents(2))),
    );
    expect(appends.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(appends[2]).toMatchObject({ reason: expect.any(WrongExpectedRevisionError) });
    for (const name of ['a', 'b', 'c', 'd'])
      expect(await collect(store().readStream(prefix + name))).toHaveLength(2);
  });

  describe('refuses, and writes nothing for', () => {
    const good = newEvent();
    it.each<[string, string, ExpectedRevision, ReturnType<typeof newEvents>]>([
      ['no events', 'a', 'any', []],
      ['an id that is no UUID', 'a', 'any', [{ ...good, id: 'one' }]],
      ['an id in upper case', 'a', 'any', [{ ...good, id: good.id.toUpperCase().replace(/^./, 'A') }]],
      ['an empty type', 'a', 'any', [{ ...good, type: '' }]],
      ['a control character in a type', 'a', 'any', [{ ...good, type: 'A\nB' }]],
      ['a control character in a stream', 'a\u0000b', 'any', [good]],
      ['a very long stream', 'x'.repeat(2_000), 'any', [good]],
      ['a negative revision', 'a', -1, [good]],
      ['half a revision', 'a', 0.5, [good]],
      ['no time', 'a', 'any', [{ ...good, occurredAt: Number.NaN }]],
      ['data that is no JSON', 'a', 'any', [{ ...good, data: undefined }]],
      ['a bigint', 'a', 'any', [newEvent({ n: 1n })]],
      ['U+0000 in the data', 'a', 'any', [newEvent({ name: 'a\u0000b' })]],
      ['half a surrogate pair in the data', 'a', 'any', [newEvent({ name: 'a\ud83d' })]],
      ['one bad event behind a good one', 'a', 'any', [good, { ...good, type: '' }]],
    ])('%s', async (_, name, expected, events) => {
      const prefix = newPrefix();
      const [before, bad, after] = await Promise.allSettled([
        store().append(`${prefix}before`, 'noStream', newEvents(1)),
        store().append(prefix + name, expected, events),
        store().append(`${prefix}after`, 'noStream', newEvents(1)),
      ]);
      expect(bad).toMatchObject({ status: 'rejected', reason: expect.any(InvalidAppendError) });
      expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    });

    it('an empty stream name', async () => {
      await expect(store().append('', 'any', newEvents(1))).rejects.toBeInstanceOf(InvalidAppendError);
    });
  });

  it('accepts text that only looks like an escape of U+0000', async () => {
    const stream = `${newPrefix()}a`;
    const data = { path: 'C:\\u0000', quoted: '"\\\\u0000"' };
    await store().append(stream, 'noStream', [newEvent(data)]);
    expect((await collect(store().readStream(stream)))[0]?.data).toEqual(data);
  });

  it('accepts an append at the limit, and refuses one byte more', async () => {
    const stream = `${newPrefix()}a`;
    const event = newEvent({ text: '' });
    const overhead =
      JSON.stringify(event.data).length +
      JSON.stringify(event.metadata).length +
      2 * event.type.length +
      ENVELOPE_BYTES;
    const text = 'x'.repeat(APPEND_LIMIT_BYTES - overhead);
    const error = await store()
      .append(stream, 'noStream', [{ ...event, data: { text: `${text}x` } }])
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AppendTooLargeError);
    expect(error).toMatchObject({
      stream,
      sizeBytes: APPEND_LIMIT_BYTES + 1,
      limitBytes: APPEND_LIMIT_BYTES,
    });
    expect((await store().append(stream, 'noStream', [{ ...event, data: { text } }])).revision).toBe(0);
    expect((await collect(store().readStream(stream)))[0]?.data).toEqual({ text });
  });

  it('reports that the store is unavailable during an outage, and recovers', async () => {
    const stream = `${newPrefix()}a`;
    const event = newEvent();
    const restore = await current().outage();
    try {
      await expect(store().append(stream, 'noStream', [event])).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(collect(store().readStream(stream))).rejects.toBeInstanceOf(StoreUnavailableError);
    } finally {
      await restore();
    }
    await until(() =>
      store()
        .append(stream, 'noStream', [event])
        .then(
          () => true,
          () => false,
        ),
    );
    expect((await collect(store().readStream(stream))).map(({ id }) => id)).toEqual([event.id]);
  });
}
