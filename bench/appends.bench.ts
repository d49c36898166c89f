import { join } from 'node:path';
import { attachEmbeddedPostgres } from '../src/runtime/embedded-postgres/embedded-postgres';
import { type AppendRow, appendBenchmark } from './append.bench';
import { atLeast, type Bench, type BenchOptions, type Measurement, plain } from './support/bench';

const PEER_AIM = 20;

/** The event store alone, against another event store on the same server. */
export const appendsBench: Bench = {
  name: 'append',
  title:
    'appends of one event of about 400 bytes to new streams, through the event store, 1 and 32 at once; ' +
    'in turns with @event-driven-io/emmett-postgresql on the same server',
  async run({ folder }: BenchOptions): Promise<Measurement[]> {
    const postgres = await attachEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      applicationName: 'tidemark bench',
    });
    try {
      return (await appendBenchmark({ url: postgres.url })).flatMap(measurements);
    } finally {
      await postgres.leave();
    }
  },
};

function measurements(row: AppendRow): Measurement[] {
  const what = `${row.store}, ${row.concurrency} at once`;
  const rate = plain(what, row.appendsPerSecond, 'appends/s');
  const latency = plain(`${what}, p99`, row.p99, 'ms');
  if (row.store !== 'tidemark') return [rate, latency];
  const against = `${what}, against the peer`;
  return [
    rate,
    latency,
    row.concurrency === 1
      ? plain(against, row.timesPeer, 'x')
      : atLeast(against, row.timesPeer, 'x', { limit: PEER_AIM }),
  ];
}
