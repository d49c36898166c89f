import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { eventStoreMigrations } from '../src/event-store/postgres/migrations';
import { PostgresEventStore } from '../src/event-store/postgres/postgres.event-store';
import { Listener } from '../src/postgres/listener';
import { migrate } from '../src/postgres/migrate';
import { createPool } from '../src/postgres/pool';
import { requirePeer } from './support/peer';

/** One measured rate. */
export interface AppendRow {
  store: string;
  /** callers, each of which sends its next append when the last has answered */
  concurrency: number;
  appendsPerSecond: number;
  /** of one append, in milliseconds */
  p50: number;
  p99: number;
  /** appendsPerSecond over the peer's at the same concurrency; 1 for the peer itself */
  timesPeer: number;
}

export interface AppendBenchmarkOptions {
  /** of a database where others may be created; its server has fsync on */
  url: string;
  /** of one round; default 4,000 */
  roundMs?: number;
  /** rounds of each store at each concurrency, in turns; default 3 */
  rounds?: number;
}

interface Contender {
  name: string;
  /** Appends one event to a stream that does not exist. */
  append(stream: string, data: object): Promise<unknown>;
  close(): Promise<void>;
}

const PEER = '@event-driven-io/emmett-postgresql';
const CONCURRENCIES = [1, 32];

/**
 * Appends one event of 300 to 500 bytes to each new stream, in Tidemark's store and in the peer's, on one
 * server in one run.
 */
export async function appendBenchmark({
  url,
  roundMs = 4_000,
  rounds = 3,
}: AppendBenchmarkOptions): Promise<AppendRow[]> {
  const databases = [await createDatabase(url), await createDatabase(url)] as const;
  const contenders = [await openPeer(databases[0].url), await openTidemark(databases[1].url)] as const;
  try {
    const rows: AppendRow[] = [];
    for (const concurrency of CONCURRENCIES) {
      const latencies = new Map(contenders.map((contender) => [contender, [] as number[]]));
      for (const contender of contenders) await round(contender, concurrency, roundMs / 4, []);
      for (let i = 0; i < rounds; i++)
        for (const contender of contenders)
          await round(contender, concurrency, roundMs, latencies.get(contender) ?? []);
      const measured = contenders.map(({ name }, i) => {
        const sorted = Float64Array.from(latencies.get(contenders[i] as Contender) ?? []).sort();
        const quantile = (q: number) => sorted[Math.floor(sorted.length * q)] ?? Number.NaN;
        const appendsPerSecond = (sorted.length / (rounds * roundMs)) * 1000;
        return { store: name, concurrency, appendsPerSecond, p50: quantile(0.5), p99: quantile(0.99) };
      });
      const peerRate = measured[0]?.appendsPerSecond ?? Number.NaN;
      rows.push(...measured.map((row) => ({ ...row, timesPeer: row.appendsPerSecond / peerRate })));
    }
    return rows;
  } finally {
    for (const contender of contenders) await contender.close();
    for (const database of databases) await database.drop();
  }
}

async function round(
  contender: Contender,
  concurrency: number,
  roundMs: number,
  latencies: number[],
): Promise<void> {
  const end = performance.now() + roundMs;
  const caller = async () => {
    for (let now = performance.now(); now < end; ) {
      const id = randomUUID();
      await contender.append(`order-${id}`, order(id));
      const answered = performance.now();
      latencies.push(answered - now);
      now = answered;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
}

/** About 400 bytes of JSON. */
function order(orderId: string): object {
  const line = {
    lineNumber: 1,
    productId: 'p-4711',
    productName: 'White hanging heart holder',
    category: 'Home',
  };
  return {
    orderId,
    customerId: 'c-17850',
    country: 'GB',
    region: null,
    currency: 'GBP',
    lines: [{ ...line, unitPrice: '2.55', quantity: 6, gross: 1530, discount: 0 }],
    gross: 1530,
    discounts: 0,
    shipping: 395,
    tax: 306,
    total: 2231,
    note: 'Leave it with the neighbour at number twelve if nobody answers the bell',
  };
}

async function openTidemark(url: string): Promise<Contender> {
  const pool = createPool({ url, max: 8, applicationName: 'append benchmark' });
  await migrate(pool, [eventStoreMigrations]);
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener });
  return {
    name: 'tidemark',
    append: (stream, data) => {
      const id = randomUUID();
      const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
      return store.append(stream, 'noStream', [
        { id, type: 'OrderPlaced', data, metadata, occurredAt: Date.now() },
      ]);
    },
    async close() {
      await store.close();
      await listener.close();
      await pool.end();
    },
  };
}

/** What this file uses of the peer. */
interface PeerModule {
  getPostgreSQLEventStore(url: string): {
    appendToStream(
      stream: string,
      events: { type: string; data: object; metadata: object }[],
      options: { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' },
    ): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
}

async function openPeer(url: string): Promise<Contender> {
  const { module, version } = requirePeer<PeerModule>(PEER);
  const store = module.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  return {
    name: `emmett-postgresql ${version}`,
    append: (stream, data) => {
      const id = randomUUID();
      const metadata = { schemaVersion: 1, correlationId: id, causationId: id };
      return store.appendToStream(stream, [{ type: 'OrderPlaced', data, metadata }], {
        expectedStreamVersion: 'STREAM_DOES_NOT_EXIST',
      });
    },
    close: () => store.close(),
  };
}

async function createDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(url, async (client) => {
    const { rows } = await client.query<{ fsync: string; synchronous: string }>(
      `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous`,
    );
    if (rows[0]?.fsync !== 'on' || rows[0]?.synchronous !== 'on')
      throw new Error('A rate of appends means something only with fsync and synchronous_commit on');
    await client.query(`CREATE DATABASE ${name}`);
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    drop: () =>
      asAdmin(url, async (client) => void (await client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

async function asAdmin(url: string, run: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}

if (process.argv[1] === __filename) {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL names the server to measure on');
  void appendBenchmark({ url }).then(console.table);
}
