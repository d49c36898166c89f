import { join } from 'node:path';
import { attachEmbeddedPostgres } from '../src/runtime/embedded-postgres/embedded-postgres';
import { type AppendRow, appendBenchmark } from './append.bench';
import {
  atLeast,
  type Bench,
  type BenchOptions,
  below,
  costing,
  type Measurement,
  plain,
} from './support/bench';

const OURS = 'tidemark';

/** The event store alone, against another event store on the same server. */
export const appendsBench: Bench = {
  name: 'append',
  title:
    'appends of one event of about 400 bytes to new streams, through the event store, 1, 32 and 512 at ' +
    'once; in turns with @event-driven-io/emmett-postgresql on the same server; CPU of the appending ' +
    'process, callers included, and of PostgreSQL',
  async run({ folder }: BenchOptions): Promise<Measurement[]> {
    const postgres = await attachEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      applicationName: 'tidemark bench',
    });
    try {
      const rows = await appendBenchmark({ url: postgres.url });
      return [...rows.flatMap(measurements), ...comparisons(rows)];
    } finally {
      await postgres.leave();
    }
  },
};

function measurements({ store, concurrency, appendsPerSecond, p99, cpuMicros }: AppendRow): Measurement[] {
  const what = `${store}, ${concurrency} at once`;
  const isHeld = store === OURS && concurrency === 32;
  return [
    costing(plain(what, appendsPerSecond, 'appends/s'), cpuMicros),
    isHeld ? below(`${what}, p99`, p99, 'ms', { aim: 5 }) : plain(`${what}, p99`, p99, 'ms'),
  ];
}

function comparisons(rows: readonly AppendRow[]): Measurement[] {
  const row = (isOurs: boolean, concurrency: number) =>
    rows.find((each) => (each.store === OURS) === isOurs && each.concurrency === concurrency) as AppendRow;
  const [ours, peer] = [row(true, 32), row(false, 32)];
  const rate = (one: AppendRow, other: AppendRow) => one.appendsPerSecond / other.appendsPerSecond;
  return [
    plain('1 at once, rate against the peer', rate(row(true, 1), row(false, 1)), 'x'),
    atLeast('32 at once, rate against the peer', rate(ours, peer), 'x', { aim: 10 }),
    atLeast("32 at once, the peer's CPU against ours", peer.cpuMicros / ours.cpuMicros, 'x', { aim: 20 }),
    atLeast('512 at once, rate against 32 at once', rate(row(true, 512), ours), 'x', { aim: 1.5 }),
  ];
}
