import { randomUUID } from 'node:crypto';
import { type Contender, createDatabase, openPeer, openTidemark, order } from './support/append-contenders';
import { startProcessorTime } from './support/processor-time';
import { percentile } from './support/samples';

/** One measured rate. */
export interface AppendRow {
  store: string;
  /** callers, each of which sends its next append when the last has answered */
  concurrency: number;
  appendsPerSecond: number;
  /** of one append, in milliseconds */
  p50: number;
  p99: number;
  /** processor time of this process and of PostgreSQL for one append, microseconds */
  cpuMicros: number;
}

export interface AppendBenchmarkOptions {
  /** of a database where others may be created; its server has fsync on */
  url: string;
  /** of one round; default 4,000 */
  roundMs?: number;
  /** rounds of each store at each concurrency, in turns; default 3 */
  rounds?: number;
}

const CONCURRENCIES = [1, 32, 512];

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
      const sums = contenders.map(() => ({ latencies: [] as number[], cpuSeconds: 0 }));
      // Both are compiled for this load before they are measured.
      for (const contender of contenders) await round(contender, concurrency, roundMs);
      for (let i = 0; i < rounds; i++)
        for (const [n, contender] of contenders.entries()) {
          const { latencies, cpuSeconds } = await round(contender, concurrency, roundMs);
          const sum = sums[n] as Round;
          sum.latencies = sum.latencies.concat(latencies);
          sum.cpuSeconds += cpuSeconds;
        }
      for (const [n, { latencies, cpuSeconds }] of sums.entries())
        rows.push({
          store: contenders[n]?.name as string,
          concurrency,
          appendsPerSecond: (latencies.length / (rounds * roundMs)) * 1000,
          p50: percentile(latencies, 0.5),
          p99: percentile(latencies, 0.99),
          cpuMicros: (cpuSeconds * 1e6) / latencies.length,
        });
    }
    return rows;
  } finally {
    for (const contender of contenders) await contender.close();
    for (const database of databases) await database.drop();
  }
}

interface Round {
  /** milliseconds */
  latencies: number[];
  cpuSeconds: number;
}

async function round({ pool, append }: Contender, concurrency: number, roundMs: number): Promise<Round> {
  const latencies: number[] = [];
  const time = await startProcessorTime({ own: true, pool });
  const end = performance.now() + roundMs;
  const caller = async () => {
    for (let now = performance.now(); now < end; ) {
      const id = randomUUID();
      await append(`order-${id}`, order(id));
      const answered = performance.now();
      latencies.push(answered - now);
      now = answered;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return { latencies, cpuSeconds: time.seconds() };
}

if (process.argv[1] === __filename) {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL names the server to measure on');
  void appendBenchmark({ url }).then(console.table);
}
