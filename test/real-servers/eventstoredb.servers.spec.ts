import { randomBytes, randomUUID } from 'node:crypto';
import {
  type AppendExpectedRevision,
  END,
  EventStoreDBClient,
  type JSONEventData,
  jsonEvent,
  MaxAppendSizeExceededError,
  NO_STREAM,
  STREAM_EXISTS,
  StreamDeletedError,
  StreamNotFoundError,
  streamNameFilter,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { eventStoreFeatures } from '../../src/event-store/event-store.features';
import {
  type EventStoreDbOptions,
  openEventStoreDb,
} from '../../src/event-store/eventstoredb/eventstoredb.event-store';
import { headPosition, newEvent, newEvents, newPrefix } from '../../src/event-store/features/harness';
import { storeUnderTest } from '../support/eventstoredb/store-under-test';
import { TcpProxy } from '../support/tcp-proxy';
import { until } from '../support/until';

/**
 * Against a real EventStoreDB or KurrentDB: `EVENTSTORE_TEST_URL=esdb://127.0.0.1:2113?tls=false`. The URL
 * has to name one node, which is reached through a proxy of the test's so that connections can be cut.
 * Nothing is written outside streams of a random prefix, and nothing there is taken for granted: other
 * programs may use the server meanwhile.
 */
const URL_GIVEN = process.env.EVENTSTORE_TEST_URL;

/** Of all streams of this run. */
const RUN = `tidemark-test-${randomBytes(6).toString('hex')}-`;
/**
 * A server far away, with TLS and a slow disk, takes its time: only what hangs is given up. An outage is told
 * of after `retryMs`.
 */
const TIMES = { callTimeoutMs: 60_000, retryMs: 5_000 };
jest.setTimeout(300_000);

interface Node {
  before: string;
  host: string;
  port: number;
  after: string;
}

/** @throws Error when the URL names no single node */
function nodeOf(url: string): Node {
  const [, before, host, port, after] =
    /^(esdb:\/\/(?:[^@/]*@)?)([^:,/?@]+)(?::(\d+))?(\/?(?:\?.*)?)$/.exec(url) ?? [];
  if (before === undefined || host === undefined)
    throw new Error(
      'EVENTSTORE_TEST_URL has to name one node, as in esdb://user:password@host:2113?tls=false',
    );
  return { before, host, port: Number(port ?? 2113), after: after ?? '' };
}

const viaProxy = ({ before, after }: Node, proxy: TcpProxy): string =>
  `${before}127.0.0.1:${proxy.port}${after}`;

async function makeStore(url: string, options: Partial<EventStoreDbOptions>) {
  const node = nodeOf(url);
  const proxy = await TcpProxy.open(node.host, node.port);
  return storeUnderTest(
    { url: viaProxy(node, proxy), streamPrefix: RUN, ...TIMES, ...options },
    {
      cut: () => proxy.cut(),
      outage: async () => {
        await proxy.refuse();
        return () => proxy.listen();
      },
      stop: () => proxy.close(),
    },
  );
}

/** What the client asks the server for itself, and keeps to itself. */
interface Features {
  capabilities: Promise<{ serverVersion?: string }>;
}

if (URL_GIVEN === undefined) {
  describe.skip('a real EventStoreDB (skipped: EVENTSTORE_TEST_URL names no server)', () => {
    it('behaves as the port says', () => {});
  });
} else {
  eventStoreFeatures('a real EventStoreDB, a call for each append', () => makeStore(URL_GIVEN, {}));
  eventStoreFeatures('a real EventStoreDB, appends in batches', () =>
    makeStore(URL_GIVEN, { batchAppends: true }),
  );
  describe('what the adapter takes for granted of a real EventStoreDB', () => assumptions(URL_GIVEN));
}

function assumptions(url: string): void {
  let client: EventStoreDBClient;

  beforeAll(async () => {
    client = EventStoreDBClient.connectionString(url);
    const { serverVersion } = await (client as unknown as Features).capabilities;
    const { host, port } = nodeOf(url);
    process.stderr.write(
      `EventStoreDB ${serverVersion ?? '(version unknown)'} at ${host}:${port}, streams ${RUN}*\n`,
    );
  });
  afterAll(() => client.dispose());

  const newStream = () => RUN + newPrefix();
  const events = (count: number): JSONEventData[] =>
    Array.from({ length: count }, (_, n) => jsonEvent({ id: randomUUID(), type: 'Asked', data: { n } }));
  const append = (stream: string, expectedRevision: AppendExpectedRevision, batch: JSONEventData[]) =>
    client.appendToStream(stream, batch, { expectedRevision });
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: unknown) => error,
    );
  const revisions = async (stream: string) => {
    const read: bigint[] = [];
    for await (const { event } of client.readStream(stream)) if (event) read.push(event.revision);
    return read;
  };

  it('says where the last event of an append stands, and that is where $all has it', async () => {
    const stream = newStream();
    const { position, nextExpectedRevision } = await append(stream, NO_STREAM, events(3));
    expect(nextExpectedRevision).toBe(2n);
    expect(position?.commit).toBe(position?.prepare);
    const fromThere = client.readAll({
      fromPosition: position as { commit: bigint; prepare: bigint },
      maxCount: 1,
    });
    for await (const { event } of fromThere) {
      expect(event).toMatchObject({ streamId: stream, revision: 2n, position });
    }
  });

  it('reads forwards from a position, backwards before it, and subscribes behind it', async () => {
    const stream = newStream();
    await append(stream, NO_STREAM, events(3));
    const stored: { revision: bigint; position?: { commit: bigint; prepare: bigint } }[] = [];
    for await (const { event } of client.readStream(stream)) if (event) stored.push(event);
    const middle = stored[1]?.position as { commit: bigint; prepare: bigint };
    const ofStream = async (read: AsyncIterable<{ event?: { streamId: string; revision: bigint } }>) => {
      const found: bigint[] = [];
      for await (const { event } of read) if (event?.streamId === stream) found.push(event.revision);
      return found;
    };
    const forwards = client.readAll({ fromPosition: middle, maxCount: 100 });
    expect((await ofStream(forwards))[0]).toBe(1n);
    const backwards = client.readAll({ fromPosition: middle, direction: 'backwards', maxCount: 100 });
    expect((await ofStream(backwards))[0]).toBe(0n);
    const subscription = client.subscribeToAll({
      fromPosition: middle,
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    const first = await new Promise<bigint | undefined>((resolve, reject) => {
      subscription.once('error', reject);
      subscription.once('data', ({ event }) => resolve(event?.revision));
    });
    await subscription.unsubscribe();
    expect(first).toBe(2n);
  });

  describe('idempotency', () => {
    it('answers a resend, or a first part of one, with the original result, also later', async () => {
      const stream = newStream();
      await append(stream, NO_STREAM, events(2));
      const batch = events(3);
      const result = await append(stream, 1n, batch);
      expect(await append(stream, 1n, batch)).toMatchObject(result);
      expect((await append(stream, 1n, batch.slice(0, 2))).nextExpectedRevision).toBe(3n);
      await append(stream, 'any', events(4));
      expect(await append(stream, 1n, batch)).toMatchObject(result);
      expect(await revisions(stream)).toHaveLength(9);
    });

    it('refuses what only begins like the stored events, begins otherwise, or lies beyond', async () => {
      const stream = newStream();
      const batch = events(2);
      await append(stream, NO_STREAM, batch);
      for (const [expected, sent] of [
        [NO_STREAM, [...batch, ...events(1)]],
        [NO_STREAM, [batch[0], ...events(1)]],
        [NO_STREAM, events(2)],
        [5n, events(1)],
      ] as [AppendExpectedRevision, JSONEventData[]][]) {
        const error = await refusal(append(stream, expected, sent));
        expect(error).toBeInstanceOf(WrongExpectedVersionError);
        expect(error).toMatchObject({ actualVersion: 1n });
      }
      expect(await revisions(stream)).toHaveLength(2);
    });

    it('writes at the head, even the same ids again', async () => {
      const stream = newStream();
      const batch = events(2);
      await append(stream, NO_STREAM, batch);
      expect((await append(stream, 1n, batch)).nextExpectedRevision).toBe(3n);
    });
  });

  it('counts data, metadata and twice the type against its limit, if that is the old one', async () => {
    const limit = 1_048_576;
    const sized = (bytes: number) => {
      const type = 'Sized';
      const overhead = JSON.stringify({ text: '' }).length + 2 * type.length;
      return [jsonEvent({ id: randomUUID(), type, data: { text: 'x'.repeat(bytes - overhead) } })];
    };
    const over = await refusal(append(newStream(), NO_STREAM, sized(limit + 1)));
    // From 25.1 on the limit is another, and there is nothing to ask here.
    if (over !== undefined) {
      expect(over).toBeInstanceOf(MaxAppendSizeExceededError);
      if ((over as MaxAppendSizeExceededError).maxAppendSize !== limit) return;
    }
    expect((await append(newStream(), NO_STREAM, sized(limit))).nextExpectedRevision).toBe(0n);
  });

  it('lets a soft-deleted stream begin anew, and a tombstoned one not', async () => {
    const [soft, hard] = [newStream(), newStream()];
    for (const stream of [soft, hard]) await append(stream, NO_STREAM, events(2));
    await client.deleteStream(soft);
    expect(await refusal(revisions(soft))).toBeInstanceOf(StreamNotFoundError);
    expect(await refusal(append(soft, STREAM_EXISTS, events(1)))).toBeInstanceOf(StreamDeletedError);
    expect((await append(soft, NO_STREAM, events(1))).nextExpectedRevision).toBe(2n);
    // On a disk the deletion is taken back a moment after the append was answered.
    await until(async () => !((await refusal(revisions(soft))) instanceof StreamNotFoundError));
    expect(await revisions(soft)).toEqual([2n]);
    await client.tombstoneStream(hard);
    expect(await refusal(revisions(hard))).toBeInstanceOf(StreamDeletedError);
    expect(await refusal(append(hard, 'any', events(1)))).toBeInstanceOf(StreamDeletedError);
  });

  it('refuses to delete a stream that was never written', async () => {
    const error = await refusal(client.deleteStream(newStream(), { expectedRevision: 0n }));
    expect(error).toBeInstanceOf(WrongExpectedVersionError);
  });

  it('gives the newest event first when it reads backwards from the end', async () => {
    const stream = newStream();
    await append(stream, NO_STREAM, events(3));
    const newest: bigint[] = [];
    for await (const { event } of client.readStream(stream, {
      direction: 'backwards',
      fromRevision: END,
      maxCount: 2,
    }))
      if (event) newest.push(event.revision);
    expect(newest).toEqual([2n, 1n]);
  });

  it('serves a reader that is slower than the writers', async () => {
    const store = await openEventStoreDb({ url, streamPrefix: RUN, ...TIMES });
    const prefix = newPrefix();
    const start = await headPosition(store);
    const abort = new AbortController();
    const text = 'x'.repeat(20_000);
    await store.append(`${prefix}a`, 'noStream', newEvents(1));
    const seen: string[] = [];
    const filter = { streamPrefixes: [prefix] };
    for await (const batch of store.subscribeAll(start, { filter, batchSize: 10, signal: abort.signal })) {
      // More than connections and buffers hold, so that the server has to wait for the reader.
      if (seen.length === 0)
        for (let i = 0; i < 500; i++) await store.append(`${prefix}${i % 20}`, 'any', [newEvent({ text })]);
      seen.push(...batch.events.map(({ id }) => id));
      if (seen.length >= 501) abort.abort();
    }
    expect(new Set(seen).size).toBe(501);
    expect(seen).toHaveLength(501);
    await store.close();
  });
}
