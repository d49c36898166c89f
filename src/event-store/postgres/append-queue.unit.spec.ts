import { DatabaseError } from 'pg';
import { encodeAppend } from '../encode-append';
import { InvalidAppendError, StoreUnavailableError, WrongExpectedRevisionError } from '../errors';
import { newEvents } from '../features/harness';
import type { AppendOutcome, PendingAppend } from './append-batch';
import { AppendQueue, type AppendQueueLimits, DEFAULT_LIMITS } from './append-queue';

interface Sent {
  batch: readonly PendingAppend[];
  settle: (outcomes: AppendOutcome[] | Error) => void;
}

/** A server that records its batches and answers them on request. */
class Server {
  readonly batches: string[][] = [];
  private readonly waiting: Sent[] = [];
  private position = 0;

  readonly write = (batch: readonly PendingAppend[]): Promise<AppendOutcome[]> => {
    this.batches.push(batch.map(({ stream }) => stream));
    return new Promise((resolve, reject) => {
      const settle = (outcomes: AppendOutcome[] | Error) =>
        outcomes instanceof Error ? reject(outcomes) : resolve(outcomes);
      this.waiting.push({ batch, settle });
    });
  };

  /** Answers the oldest batch. Default: everything was written. */
  async answer(how?: Error | ((append: PendingAppend) => AppendOutcome)): Promise<void> {
    await this.asked();
    const { batch, settle } = this.waiting.shift() as Sent;
    settle(how instanceof Error ? how : batch.map(how ?? (() => this.written())));
    await new Promise(setImmediate);
  }

  /** Waits until a batch has been sent and not answered. */
  async asked(): Promise<void> {
    while (this.waiting.length === 0) await new Promise(setImmediate);
  }

  written(): AppendOutcome {
    return { outcome: 'written', revision: 0, position: String(++this.position) };
  }
}

function setUp(limits: Partial<AppendQueueLimits> = {}) {
  const server = new Server();
  const queue = new AppendQueue(server.write, { ...DEFAULT_LIMITS, ...limits });
  const append = (stream: string, events = 1) =>
    queue.append(() => ({ stream, expected: 'any', events: encodeAppend(stream, 'any', newEvents(events)) }));
  return { server, queue, append };
}

const databaseError = (code: string) => Object.assign(new DatabaseError('refused', 0, 'error'), { code });

it('makes one batch of the appends that wait when a batch returns', async () => {
  const { server, append } = setUp();
  const first = [append('a'), append('b')];
  await server.asked();
  const second = [append('c'), append('d'), append('e')];
  await server.answer();
  await server.answer();
  await Promise.all([...first, ...second]);
  expect(server.batches).toEqual([
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]);
});

it('has one append of each stream in a batch, and keeps the order of appends to a stream', async () => {
  const { server, append } = setUp();
  const done: string[] = [];
  const appends = ['a', 'a', 'b', 'a', 'c'].map((stream, i) =>
    append(stream).then(() => done.push(stream + i)),
  );
  for (let i = 0; i < 3; i++) await server.answer();
  await Promise.all(appends);
  expect(server.batches).toEqual([['a', 'b', 'c'], ['a'], ['a']]);
  expect(done).toEqual(['a0', 'b2', 'c4', 'a1', 'a3']);
});

it('bounds a batch by events and by bytes, but sends an append whole', async () => {
  const { server, append } = setUp({ batchEvents: 5 });
  const appends = [append('a', 3), append('b', 2), append('c', 1), append('d', 9), append('e', 1)];
  for (let i = 0; i < 4; i++) await server.answer();
  await Promise.all(appends);
  expect(server.batches).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);

  const small = setUp({ batchBytes: 1 });
  const two = [small.append('a'), small.append('b')];
  await small.server.answer();
  await small.server.answer();
  await Promise.all(two);
  expect(small.server.batches).toEqual([['a'], ['b']]);
});

it('encodes no more than the queue holds, and admits further callers in order', async () => {
  const { server, queue } = setUp({ queuedAppends: 2 });
  const encoded: string[] = [];
  const appends = ['a', 'b', 'c', 'd', 'e'].map((stream) =>
    queue.append(() => {
      encoded.push(stream);
      return { stream, expected: 'any', events: encodeAppend(stream, 'any', newEvents(1)) };
    }),
  );
  await new Promise(setImmediate);
  expect(encoded).toEqual(['a', 'b']);
  await server.answer();
  expect(encoded).toEqual(['a', 'b', 'c', 'd']);
  await server.answer();
  await server.answer();
  await Promise.all(appends);
  expect(server.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

it('bounds the queue by bytes too', async () => {
  const { server, append } = setUp({ queuedBytes: 1 });
  const appends = [append('a'), append('b')];
  await server.answer();
  await server.answer();
  await Promise.all(appends);
  expect(server.batches).toEqual([['a'], ['b']]);
});

it('fails an append that cannot be encoded alone, and goes on', async () => {
  const { server, queue, append } = setUp();
  const bad = queue.append(() => {
    throw new InvalidAppendError('bad');
  });
  const good = append('a');
  await expect(bad).rejects.toThrow('bad');
  await server.answer();
  expect((await good).position).toBe('0000000000000000001');
});

it('gives each append its own outcome', async () => {
  const { server, append } = setUp();
  const appends = Promise.allSettled([append('a'), append('b'), append('c')]);
  const outcomes: Record<string, AppendOutcome> = {
    a: { outcome: 'written', revision: 4, position: '12' },
    b: { outcome: 'conflict', revision: 7, position: null },
    c: { outcome: 'conflict', revision: -1, position: null },
  };
  await server.answer(({ stream }) => outcomes[stream] as AppendOutcome);
  const [a, b, c] = await appends;
  expect(a).toEqual({
    status: 'fulfilled',
    value: { revision: 4, position: '0000000000000000012', resent: false },
  });
  expect(b).toMatchObject({ reason: expect.any(WrongExpectedRevisionError) });
  expect(b).toMatchObject({ reason: { actual: 7 } });
  expect(c).toMatchObject({ reason: { actual: null } });
});

it('tries each append alone after the server has refused their batch', async () => {
  const { server, append } = setUp();
  const appends = Promise.allSettled([append('a'), append('b'), append('c')]);
  await server.answer(databaseError('22P05'));
  await server.answer();
  await server.answer(databaseError('22P05'));
  await server.answer();
  const [a, b, c] = await appends;
  expect([a.status, c.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(b).toMatchObject({ reason: expect.any(InvalidAppendError) });
  expect(server.batches).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
});

it.each([
  ['a lost connection', new Error('Connection terminated unexpectedly')],
  ['a full disk', databaseError('53100')],
  ['a shutdown', databaseError('57P01')],
])('says after %s that the store is unavailable, to those of the batch alone', async (_, error) => {
  const { server, append } = setUp();
  const sent = Promise.allSettled([append('a'), append('b')]);
  await new Promise(setImmediate);
  const later = append('a');
  await server.answer(error);
  for (const { status, ...rest } of await sent) {
    expect(status).toBe('rejected');
    expect(rest).toMatchObject({ reason: expect.any(StoreUnavailableError) });
  }
  await server.answer();
  expect((await later).revision).toBe(0);
  expect(server.batches).toEqual([['a', 'b'], ['a']]);
});

it('finishes what it has accepted when it is closed, and refuses the rest', async () => {
  const { server, queue, append } = setUp({ queuedAppends: 1 });
  const accepted = append('a');
  const waiting = append('b');
  const closed = queue.close();
  await expect(waiting).rejects.toBeInstanceOf(StoreUnavailableError);
  await expect(append('c')).rejects.toBeInstanceOf(StoreUnavailableError);
  await server.answer();
  await Promise.all([accepted, closed]);
  expect(server.batches).toEqual([['a']]);
});
