import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { EventStoreDbDouble } from '../../../test/support/eventstoredb/double';
import { until } from '../../../test/support/until';
import {
  AppendTooLargeError,
  ForeignPositionError,
  InvalidAppendError,
  StoreUnavailableError,
  WrongExpectedRevisionError,
} from '../errors';
import { COUNT_EXACT_EVENTS, type EventStore } from '../event-store';
import {
  collect,
  collectBatches,
  eventsIn,
  follow,
  headPosition,
  newEvent,
  newEvents,
  newPrefix,
} from '../features/harness';
import { UpcasterRegistry } from '../upcasters';
import { type EventStoreDbOptions, openEventStoreDb } from './eventstoredb.event-store';

const IMPATIENT = { callTimeoutMs: 500, retryMs: 3_000 };
/** For specs in which no call may time out. */
const PATIENT = { callTimeoutMs: 30_000, retryMs: 30_000 };

let double: EventStoreDbDouble;
let opened: EventStore[];
let times: typeof IMPATIENT;

const open = async (options: Partial<EventStoreDbOptions> = {}) => {
  const store = await openEventStoreDb({ url: double.url, ...times, ...options });
  opened.push(store);
  return store;
};

beforeAll(async () => {
  double = await EventStoreDbDouble.start();
});
beforeEach(() => {
  opened = [];
  times = IMPATIENT;
});
afterEach(async () => {
  await double.heal();
  for (const store of opened) await store.close();
});
afterAll(() => double.stop());

const read = (store: EventStore, stream: string) => collect(store.readStream(stream));

describe.each([
  ['a call for each append', false],
  ['appends in batches', true],
])('%s', (_, batchAppends) => {
  const openStore = () => open({ batchAppends });

  it('uses the call that it was asked to use', async () => {
    const before = await double.census();
    const store = await openStore();
    await store.append(newPrefix(), 'noStream', newEvents(1));
    const after = await double.census();
    expect(after.batchAppend > before.batchAppend).toBe(batchAppends);
    expect(after.append > before.append).toBe(!batchAppends);
    expect(after.features > before.features).toBe(batchAppends);
  });

  it.each([
    ['says that it is not ready', { notReady: 3 }],
    ['answers with a timeout after it has written', { timeoutAfterWrite: 2 }],
    ['loses the connection after it has written', { cutAfterWrite: 1 }],
    ['never answers after it has written', { silentAfterWrite: 1 }],
    ['answers too late', { slowAnswer: { ms: 1_000, times: 1 } }],
    ['is not the leader', { notLeader: 1 }],
    ['cancels', { appendCode: { code: 1, times: 2 } }],
    ['is unavailable', { appendCode: { code: 14, times: 2 } }],
    ['fails', { appendCode: { code: 13, times: 1 } }],
  ])('writes once where the server %s, at an exact revision', async (_, faults) => {
    const store = await openStore();
    const stream = newPrefix();
    await store.append(stream, 'noStream', newEvents(2));
    const events = newEvents(2);
    await double.set(faults);
    const result = await store.append(stream, 1, events);
    const stored = await read(store, stream);
    expect(stored.slice(2).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(result).toEqual({ revision: 3, position: stored[3]?.position });
  });

  it.each([
    ['answers with a timeout after it has written', { timeoutAfterWrite: 1 }],
    ['loses the connection after it has written', { cutAfterWrite: 1 }],
    ['never answers after it has written', { silentAfterWrite: 1 }],
  ])('leaves it to the caller where the server %s and nothing was expected', async (_, faults) => {
    const store = await openStore();
    const stream = newPrefix();
    await double.set(faults);
    await expect(store.append(stream, 'any', newEvents(1))).rejects.toBeInstanceOf(StoreUnavailableError);
    expect(await read(store, stream)).toHaveLength(1);
  });

  it('repeats an append under `any` that was certainly not written', async () => {
    const store = await openStore();
    const stream = newPrefix();
    await double.set({ notLeader: 1 });
    await store.append(stream, 'any', newEvents(1));
    expect(await read(store, stream)).toHaveLength(1);
  });

  it('gives up after its time for retries', async () => {
    const store = await open({ batchAppends, retryMs: 300 });
    await double.set({ notReady: 1_000 });
    const stream = newPrefix();
    await expect(store.append(stream, 'noStream', newEvents(1))).rejects.toBeInstanceOf(
      StoreUnavailableError,
    );
    await double.heal();
    await store.append(stream, 'noStream', newEvents(1));
  });

  it('reports the limit of the server', async () => {
    const store = await openStore();
    const stream = newPrefix();
    await double.set({ maxAppendSize: 2_000 });
    const append = store.append(stream, 'noStream', [newEvent({ text: 'x'.repeat(2_000) })]);
    const error = await append.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AppendTooLargeError);
    expect(error).toMatchObject({ stream, limitBytes: 2_000 });
    expect(await read(store, stream)).toEqual([]);
  });

  it('survives a killed server with many appends under way', async () => {
    const store = await open({ batchAppends, callTimeoutMs: 10_000 });
    const prefix = newPrefix();
    const streams = Array.from({ length: 100 }, (_, i) => ({ name: prefix + i, events: newEvents(2) }));
    const first = Promise.allSettled(
      streams.map(({ name, events }) => store.append(name, 'noStream', events)),
    );
    await double.restart();
    await first;
    await Promise.all(streams.map(({ name, events }) => store.append(name, 'noStream', events)));
    for (const { name, events } of streams)
      expect((await read(store, name)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('reports a frozen server, and goes on when it has thawed', async () => {
    const store = await open({ batchAppends, retryMs: 600 });
    const stream = newPrefix();
    const events = newEvents(1);
    double.freeze();
    try {
      const asked = [store.append(stream, 'noStream', events), store.head(), read(store, stream)];
      for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[])
        expect(reason).toBeInstanceOf(StoreUnavailableError);
    } finally {
      double.thaw();
    }
    await store.append(stream, 'noStream', events);
    expect(await read(store, stream)).toHaveLength(1);
  });

  it('finds a deleted stream that was begun anew right after the append, even with a slow disk', async () => {
    const store = await openStore();
    const other = await open({ batchAppends: false });
    const client = EventStoreDBClient.connectionString(double.url);
    await double.set({ undeleteMs: 60 });
    for (let i = 0; i < 5; i++) {
      const stream = newPrefix();
      await store.append(stream, 'noStream', newEvents(2));
      await client.deleteStream(stream);
      const events = newEvents(2);
      expect((await store.append(stream, 'noStream', events)).revision).toBe(3);
      for (const reader of [store, other])
        expect((await read(reader, stream)).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    }
    await client.dispose();
  });

  it('distinguishes a deleted stream from one that never existed', async () => {
    const store = await openStore();
    const client = EventStoreDBClient.connectionString(double.url);
    const [soft, hard] = [newPrefix(), newPrefix()];
    for (const stream of [soft, hard]) await store.append(stream, 'noStream', newEvents(2));
    await client.deleteStream(soft);
    await client.tombstoneStream(hard);
    expect(await read(store, soft)).toEqual([]);
    expect(await read(store, hard)).toEqual([]);
    await expect(store.append(soft, 'streamExists', newEvents(1))).rejects.toBeInstanceOf(
      WrongExpectedRevisionError,
    );
    await expect(store.append(hard, 'any', newEvents(1))).rejects.toBeInstanceOf(InvalidAppendError);
    expect((await store.append(soft, 'noStream', newEvents(1))).revision).toBe(2);
    expect((await read(store, soft)).map(({ revision }) => revision)).toEqual([2]);
    await client.dispose();
  });
});

describe('the question for features, which appends in batches need', () => {
  it.each([1, 2, 7, 12, 13, 14])('may fail with code %d', async (code) => {
    await open();
    await double.set({ featuresCode: { code, times: 1 } });
    const store = await open({ batchAppends: true });
    const stream = newPrefix();
    await store.append(stream, 'noStream', newEvents(1));
    expect(await read(store, stream)).toHaveLength(1);
  });

  it('may say that there are no batches', async () => {
    await double.set({ batchAppend: false });
    const before = await double.census();
    const store = await open({ batchAppends: true });
    await store.append(newPrefix(), 'noStream', newEvents(1));
    expect((await double.census()).append).toBeGreaterThan(before.append);
  });
});

describe('a subscription', () => {
  const numbers = (events: { data: unknown }[]) => events.map(({ data }) => (data as { n: number }).n);
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

  it.each([
    [
      'says twice that it has caught up, and gives 2^64-1 as checkpoint',
      { caughtUpTwice: true, endlessCheckpoint: true },
    ],
    ['gives nothing after it has caught up', { deafSubscriptions: true }],
  ])('misses nothing where the server %s', async (_, faults) => {
    const store = await open();
    const prefix = newPrefix();
    const start = await headPosition(store);
    await double.set(faults);
    const reader = follow(store, start, prefix, 7);
    for (let n = 0; n < 40; n++) await store.append(`${prefix}a`, 'any', [newEvent({ n })]);
    await until(() => reader.events.length >= 40);
    await store.append(`${newPrefix()}other`, 'any', newEvents(3));
    const head = await headPosition(store);
    await until(() => reader.batches.at(-1)?.through === head);
    await reader.stop();
    expect(numbers(reader.events)).toEqual(upTo(40));
  });

  it('goes on where it was after the server was killed and started again', async () => {
    const store = await open({ retryMs: 10_000 });
    const stream = newPrefix();
    const reader = follow(store, await headPosition(store), stream, 5);
    for (let n = 0; n < 90; n++) {
      if (n % 30 === 15) {
        await double.kill();
        await double.restart();
      }
      await store.append(stream, n === 0 ? 'noStream' : n - 1, [newEvent({ n })]);
    }
    await until(() => reader.events.length >= 90);
    await reader.stop();
    expect(numbers(reader.events)).toEqual(upTo(90));
  });

  it('fails when the log was wiped', async () => {
    const store = await open();
    await store.append(newPrefix(), 'noStream', newEvents(3));
    const before = await store.identity();
    const reader = follow(store, null, '');
    await until(() => reader.events.length > 0);
    const ended = expect(reader.done).rejects.toBeInstanceOf(ForeignPositionError);
    await double.restart({ records: 0 });
    await ended;
    await expect(collectBatches(store.readAll(null))).rejects.toBeInstanceOf(ForeignPositionError);
    expect(await store.identity()).not.toBe(before);
  });

  it('fails when another log, of any length, has replaced its own', async () => {
    const store = await open();
    const reader = follow(store, null, '');
    await store.append(newPrefix(), 'noStream', newEvents(3));
    await until(() => reader.events.length >= 3);
    await double.kill();
    const ended = expect(reader.done).rejects.toBeInstanceOf(ForeignPositionError);
    await double.restart({ records: 0 });
    const other = await open();
    for (let i = 0; i < 20; i++) await other.append(newPrefix(), 'noStream', newEvents(50));
    await ended;
  });

  it('fails when the log was restored to an older state', async () => {
    await double.restart({ records: 0 });
    const store = await open();
    for (let i = 0; i < 20; i++) await store.append(newPrefix(), 'noStream', newEvents(1));
    const reader = follow(store, null, '');
    await until(() => reader.events.length === 20);
    const ended = expect(reader.done).rejects.toBeInstanceOf(ForeignPositionError);
    await double.restart({ records: 12 });
    await ended;
    await expect(reader.done).rejects.toThrow('is not of this log');
  });
});

describe('on a server of its own', () => {
  beforeEach(async () => {
    times = PATIENT;
    await double.restart({ records: 0 });
  });

  const foreign = (count: number) =>
    Array.from({ length: count }, () => jsonEvent({ type: 'Foreign', data: { theirs: true } }));

  it('begins empty, whatever else the server has', async () => {
    const store = await open();
    const client = EventStoreDBClient.connectionString(double.url);
    await client.appendToStream('stranger-2', foreign(100));
    expect(await store.head()).toBeNull();
    expect(await store.countAfter(null)).toBe(0);
    expect(await collectBatches(store.readAll(null))).toEqual([]);
    const reader = follow(store, null, '');
    await store.append('a', 'noStream', newEvents(1));
    await client.appendToStream('stranger-2', foreign(100));
    await until(() => reader.events.length === 1);
    await reader.stop();
    expect(eventsIn(await collectBatches(store.readAll(null))).map(({ stream }) => stream)).toEqual(['a']);
    await client.dispose();
  });

  it('finds its head behind the events of others, again and again', async () => {
    const store = await open();
    const client = EventStoreDBClient.connectionString(double.url);
    for (let round = 0; round < 3; round++) {
      const { position } = await store.append('a', 'any', newEvents(2));
      for (const count of [0, 1, 300]) {
        if (count > 0) await client.appendToStream('stranger-2', foreign(count));
        expect(await store.head()).toMatchObject({ position });
      }
    }
    await client.dispose();
  });

  it('begins at its own first event, behind a million events of other programs', async () => {
    await double.addStrangers(1_000_000);
    const before = await double.census();
    const store = await open({ streamPrefix: 'new-' });
    expect(await store.head()).toBeNull();
    expect(await collectBatches(store.readAll(null))).toEqual([]);
    const reader = follow(store, null, '');
    const { position } = await store.append('a', 'noStream', newEvents(1));
    await until(() => reader.events.length === 1);
    await reader.stop();
    expect(await store.head()).toMatchObject({ position });
    expect(await store.countAfter(null)).toBe(1);
    expect((await double.census()).scanned - before.scanned).toBeLessThan(200);
  });

  it('reads the events of other programs once, however many callers ask for the head', async () => {
    const first = await open();
    const { position } = await first.append('a', 'noStream', newEvents(2));
    await double.addStrangers(20_000);
    const store = await open();
    const scannedBy = async (ask: () => Promise<unknown>) => {
      const { scanned } = await double.census();
      await ask();
      return (await double.census()).scanned - scanned;
    };
    const heads = () => Promise.all(Array.from({ length: 10 }, () => store.head()));
    const whole = await scannedBy(async () => {
      for (const head of await heads()) expect(head).toMatchObject({ position });
    });
    // A page may hold more events than needed.
    expect(whole).toBeLessThan(26_000);
    await double.addStrangers(3);
    expect(await scannedBy(heads)).toBeLessThan(200);
    const later = await first.append('a', 1, newEvents(1));
    for (const head of await heads()) expect(head).toEqual({ ...head, position: later.position });
  });

  it('continues a search for its head that a lost connection has interrupted', async () => {
    const { position } = await (await open()).append('a', 'noStream', newEvents(1));
    await double.addStrangers(60_000);
    const store = await open();
    const { scanned: before } = await double.census();
    const head = store.head();
    await until(async () => (await double.census()).scanned > before + 30_000);
    double.cut();
    expect(await head).toMatchObject({ position });
    expect((await double.census()).scanned - before).toBeLessThan(75_000);
  });

  it('has one identity while that is written anew, even with a slow disk', async () => {
    await open();
    const client = EventStoreDBClient.connectionString(double.url);
    await client.deleteStream('tidemark-identity');
    await double.set({ undeleteMs: 60 });
    const stores = await Promise.all([open(), open(), open()]);
    const identities = await Promise.all(stores.map((store) => store.identity()));
    expect(new Set(identities).size).toBe(1);
    const { position } = await (stores[0] as EventStore).append('a', 'noStream', newEvents(1));
    expect(await headPosition(await open())).toBe(position);
    await client.dispose();
  });

  it('has one identity, whoever opens it first', async () => {
    const stores = await Promise.all([open(), open(), open()]);
    const identities = await Promise.all(stores.map((store) => store.identity()));
    expect(new Set(identities).size).toBe(1);
  });

  it('shares the server with stores of other prefixes', async () => {
    const [a, b] = [await open({ streamPrefix: 'a-' }), await open({ streamPrefix: 'b-' })];
    await a.append('order-1', 'noStream', newEvents(2));
    await b.append('order-1', 'noStream', newEvents(3));
    expect(await a.identity()).not.toBe(await b.identity());
    for (const [store, count] of [
      [a, 2],
      [b, 3],
    ] as const) {
      expect(await read(store, 'order-1')).toHaveLength(count);
      expect(await store.countAfter(null)).toBe(count);
      const events = eventsIn(await collectBatches(store.readAll(null)));
      expect(events.map(({ stream }) => stream)).toEqual(Array(count).fill('order-1'));
      expect(await headPosition(store)).toBe(events.at(-1)?.position);
      const reader = follow(store, null, 'order-');
      await until(() => reader.events.length === count);
      await reader.stop();
    }
  });

  it('is found through its cluster', async () => {
    const store = await open({ url: double.discoverUrl });
    await store.append('a', 'noStream', newEvents(1));
    double.cut();
    await store.append('a', 0, newEvents(1));
    expect(await read(store, 'a')).toHaveLength(2);
  });

  it('counts exactly up to the promised number, and estimates beyond', async () => {
    const store = await open();
    const { position } = await store.append('a', 'noStream', newEvents(10));
    const half = COUNT_EXACT_EVENTS / 2;
    await store.append('b', 'noStream', newEvents(half));
    await store.append('c', 'noStream', newEvents(half));
    expect(await store.countAfter(position)).toBe(COUNT_EXACT_EVENTS);
    for (const stream of ['d', 'e', 'f']) await store.append(stream, 'noStream', newEvents(half));
    const about = await store.countAfter(position);
    expect(about).toBeGreaterThan(COUNT_EXACT_EVENTS * 2.25);
    expect(about).toBeLessThan(COUNT_EXACT_EVENTS * 2.75);
  });

  it('refuses a position of another log', async () => {
    const store = await open();
    const beyond = '00000000000000999999';
    for (const position of [beyond, 'C:1/P:1', '0000000000000000001']) {
      await expect(collectBatches(store.readAll(position))).rejects.toBeInstanceOf(ForeignPositionError);
      await expect(collectBatches(store.subscribeAll(position))).rejects.toBeInstanceOf(ForeignPositionError);
    }
    const { position } = await store.append('a', 'noStream', newEvents(3));
    const between = (BigInt(position) - 1n).toString().padStart(20, '0');
    await expect(collectBatches(store.readAll(between))).rejects.toBeInstanceOf(ForeignPositionError);
    await expect(collectBatches(store.readAll(beyond, { until: beyond }))).rejects.toBeInstanceOf(
      ForeignPositionError,
    );
  });

  it('upcasts old events wherever they are read', async () => {
    const upcasters = new UpcasterRegistry().register('Priced', 1, (data) => ({
      ...(data as object),
      currency: 'EUR',
    }));
    const store = await open({ upcasters });
    await store.append('a', 'noStream', [newEvent({ price: 1 }, 'Priced'), newEvent({ price: 2 }, 'Other')]);
    const expected = [{ price: 1, currency: 'EUR' }, { price: 2 }];
    const whole = await read(store, 'a');
    expect(whole.map(({ data }) => data)).toEqual(expected);
    expect(whole.map(({ metadata }) => metadata.schemaVersion)).toEqual([2, 1]);
    const lean = eventsIn(await collectBatches(store.readAll(null, { metadata: false })));
    expect(lean.map(({ data }) => data)).toEqual(expected);
    const reader = follow(store, null, '');
    await until(() => reader.events.length === 2);
    await reader.stop();
    expect(reader.events.map(({ data }) => data)).toEqual(expected);
  });

  it('sends the appended data even if the caller changes it meanwhile', async () => {
    const store = await open();
    await double.set({ notReady: 1 });
    const data = { n: 1 };
    const appended = store.append('a', 'noStream', [newEvent(data)]);
    data.n = 2;
    await appended;
    expect((await read(store, 'a')).map((event) => event.data)).toEqual([{ n: 1 }]);
  });

  it('finishes what it has accepted when it is closed, and refuses what comes later', async () => {
    const store = await open();
    const accepted = Promise.all(
      Array.from({ length: 300 }, (_, n) => store.append(`s-${n}`, 'noStream', newEvents(1))),
    );
    await store.close();
    expect(await accepted).toHaveLength(300);
    await expect(store.append('late', 'noStream', newEvents(1))).rejects.toThrow('closed');
  });
});

it.each(['http://127.0.0.1:2113', 'esdb://127.0.0.1:2113?throwOnAppendFailure=false', ''])(
  'refuses the URL %p at once',
  async (url) => {
    const error = await openEventStoreDb({ url }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
  },
);

it('reports that there is no server', async () => {
  const options = { url: 'esdb://127.0.0.1:9?tls=false', callTimeoutMs: 500, retryMs: 300 };
  await expect(openEventStoreDb(options)).rejects.toBeInstanceOf(StoreUnavailableError);
});
