import { collect, type MakeStore, newEvent, newEvents, newPrefix, useStore } from './harness';

export function streamFeatures(makeStore: MakeStore): void {
  const { store } = useStore(makeStore);
  const revisions = (events: { revision: number }[]) => events.map(({ revision }) => revision);

  it('returns every event as it was appended', async () => {
    const stream = `${newPrefix()}Köln-東京`;
    const event = {
      ...newEvent(
        { text: 'Grüße, 東京 🛒 "\\\n\t', nested: { list: [1, -0.5, null, true, { a: [] }] } },
        'Größe',
      ),
      metadata: {
        schemaVersion: 3,
        correlationId: 'c',
        causationId: 'd',
        idempotencyKey: 'k 🔑',
        inputDigest: 'e',
        actor: 'Jürgen',
      },
    };
    const before = Date.now();
    const { position } = await store().append(stream, 'noStream', [event]);
    const [stored] = await collect(store().readStream(stream));
    expect(stored).toMatchObject({ ...event, stream, revision: 0, position });
    // The store may have the clock of another machine.
    expect(Math.abs((stored?.recordedAt ?? 0) - before)).toBeLessThan(3_600_000);
    expect(JSON.parse(JSON.stringify(stored))).toMatchObject({ ...event, stream, revision: 0, position });
  });

  it.each([
    ['an array', [1, 'two', [3]]],
    ['a text', 'text'],
    ['a number', 42.5],
    ['null', null],
  ])('gives %s back as data', async (_, data) => {
    const stream = `${newPrefix()}a`;
    await store().append(stream, 'noStream', [newEvent(data), newEvent({})]);
    expect((await collect(store().readStream(stream))).map((event) => event.data)).toEqual([data, {}]);
  });

  it('returns nothing for a stream that does not exist', async () => {
    expect(await collect(store().readStream(`${newPrefix()}a`))).toEqual([]);
    expect(await collect(store().readStream(`${newPrefix()}a`, { direction: 'backwards' }))).toEqual([]);
  });

  it('reads forwards and backwards, from a revision, up to a limit', async () => {
    const stream = `${newPrefix()}a`;
    await store().append(stream, 'noStream', newEvents(5));
    const read = async (options: Parameters<ReturnType<typeof store>['readStream']>[1]) =>
      revisions(await collect(store().readStream(stream, options)));
    expect(await read({})).toEqual([0, 1, 2, 3, 4]);
    expect(await read({ from: 3 })).toEqual([3, 4]);
    expect(await read({ from: 1, limit: 2 })).toEqual([1, 2]);
    expect(await read({ from: 9 })).toEqual([]);
    expect(await read({ direction: 'backwards' })).toEqual([4, 3, 2, 1, 0]);
    expect(await read({ direction: 'backwards', limit: 1 })).toEqual([4]);
    expect(await read({ direction: 'backwards', from: 1 })).toEqual([1, 0]);
    expect(await read({ direction: 'backwards', from: 99, limit: 2 })).toEqual([4, 3]);
    expect(await read({ limit: 0 })).toEqual([]);
  });

  it('reads a stream of 10,000 events in batches, both ways', async () => {
    const stream = `${newPrefix()}a`;
    for (let from = 0; from < 10_000; from += 1_000)
      await store().append(stream, from === 0 ? 'noStream' : from - 1, newEvents(1_000));
    const expected = Array.from({ length: 10_000 }, (_, i) => i);
    let largest = 0;
    const forwards: number[] = [];
    for await (const batch of store().readStream(stream)) {
      largest = Math.max(largest, batch.length);
      forwards.push(...revisions(batch));
    }
    expect(forwards).toEqual(expected);
    expect(largest).toBeLessThanOrEqual(1_000);
    expect(revisions(await collect(store().readStream(stream, { direction: 'backwards' })))).toEqual(
      expected.reverse(),
    );
    expect(revisions(await collect(store().readStream(stream, { from: 7_000, limit: 1_500 })))).toEqual(
      Array.from({ length: 1_500 }, (_, i) => 7_000 + i),
    );
  });

  it('reads events of 1 MB', async () => {
    const stream = `${newPrefix()}a`;
    const texts = ['a', 'é', '東'].map((letter) =>
      letter.repeat(Math.floor(1_000_000 / Buffer.byteLength(letter))),
    );
    for (const text of texts) await store().append(stream, 'any', [newEvent({ text })]);
    const read = async (direction: 'forwards' | 'backwards') =>
      (await collect(store().readStream(stream, { direction }))).map(({ data }) => data);
    expect(await read('forwards')).toEqual(texts.map((text) => ({ text })));
    expect(await read('backwards')).toEqual(texts.reverse().map((text) => ({ text })));
  });

  it('keeps many reads at once apart', async () => {
    const prefix = newPrefix();
    const sizes = Array.from({ length: 150 }, (_, i) => i % 7);
    await Promise.all(
      sizes.map((size, i) =>
        size > 0 ? store().append(prefix + i, 'noStream', newEvents(size)) : undefined,
      ),
    );
    const streams = await Promise.all(
      sizes.map((_, i) =>
        collect(store().readStream(prefix + i, { direction: i % 2 === 0 ? 'forwards' : 'backwards' })),
      ),
    );
    expect(streams.map((events) => events.length)).toEqual(sizes);
    streams.forEach((events, i) => {
      expect(events.every(({ stream }) => stream === prefix + i)).toBe(true);
    });
  });

  it('sees an append as soon as that has returned', async () => {
    const prefix = newPrefix();
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        await store().append(prefix + i, 'noStream', newEvents(1));
        expect(await collect(store().readStream(prefix + i))).toHaveLength(1);
      }),
    );
  });
}
