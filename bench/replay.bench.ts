import { projections } from '../src/projections/read-models/catalogue';
import type { Runtime } from '../src/runtime/runtime';
import {
  atLeast,
  type Bench,
  type BenchOptions,
  below,
  costing,
  type Measurement,
  plain,
} from './support/bench';
import { startProcessorTime } from './support/processor-time';
import { startBenched } from './support/program';
import { type PeerRebuild, rebuildByEmmett, rebuildByEventsourcing } from './support/rebuild-peers';
import { openBenchRuntime, writeShopLog } from './support/shop-log';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 250_000);
/** The peers take some hundred events a second. */
const PEER_ORDERS = Math.min(ORDERS, 2_000);
/** The log of this bench has no event for it, so its replay is the reading of the log. */
const READS_ONLY = 'products';

interface Replay {
  eventsPerSecond: number;
  /** of the replaying process and of PostgreSQL, microseconds an event */
  cpuMicros: number;
  peakRssBytes: number;
}

/** A shop's whole log into all read models, as `tidemark replay --all` does it, and each of them alone. */
export const replayBench: Bench = {
  name: 'replay',
  title:
    `\`tidemark replay --all\` over ${(4 * ORDERS).toLocaleString('en-US')} order events: every read ` +
    'model, one pass, indexes included; then each read model alone, less what the reading of the log ' +
    'takes; and the rebuild of one row an order by other libraries, over ' +
    `${(4 * PEER_ORDERS).toLocaleString('en-US')} events on the same server`,
  async run(options: BenchOptions): Promise<Measurement[]> {
    const runtime = await openBenchRuntime(options.folder);
    try {
      await writeShopLog(runtime, ORDERS, options.note);
      return await measurements(runtime, options);
    } finally {
      await runtime.close();
    }
  },
};

async function measurements(runtime: Runtime, options: BenchOptions): Promise<Measurement[]> {
  const all = await replay(runtime, '--all', options);
  const alone = new Map<string, Replay>();
  for (const { name } of projections) alone.set(name, await replay(runtime, name, options));
  const cpuOf = (name: string) => alone.get(name)?.cpuMicros ?? Number.NaN;
  const url = runtime.databaseUrl;
  const peers = [await rebuildByEmmett(url, PEER_ORDERS), await rebuildByEventsourcing(url, PEER_ORDERS)];
  return [
    costing(
      atLeast('replay into all read models', all.eventsPerSecond, 'events/s', {
        aim: 150_000,
        limit: 100_000,
      }),
      all.cpuMicros,
    ),
    below('peak memory of the replaying process', all.peakRssBytes / 1024 ** 2, 'MB', { limit: 512 }),
    plain('reading the log, and starting', cpuOf(READS_ONLY), 'us CPU/event'),
    ...projections
      .filter(({ name }) => name !== READS_ONLY)
      .map(({ name }) => plain(`... and ${name}`, cpuOf(name) - cpuOf(READS_ONLY), 'us CPU/event')),
    ...peers.flatMap((peer) => comparison(peer, cpuOf('orders'))),
  ];
}

const comparison = ({ name, eventsPerSecond, cpuMicros }: PeerRebuild, ours: number): Measurement[] => [
  costing(plain(`${name}, one row an order`, eventsPerSecond, 'events/s'), cpuMicros),
  plain(`... its CPU against that of our orders`, cpuMicros / ours, 'x'),
];

/** @param what a read model, or --all */
async function replay({ pool }: Runtime, what: string, options: BenchOptions): Promise<Replay> {
  const postgres = await startProcessorTime({ pool });
  const program = await startBenched(['replay', what, '--json'], options);
  const { stdout, peakRssBytes, cpuSeconds } = await program.end();
  const { events, seconds } = JSON.parse(stdout) as { events: number; seconds: number };
  return {
    eventsPerSecond: events / seconds,
    cpuMicros: postgres.perEvent(events) + (cpuSeconds * 1e6) / events,
    peakRssBytes,
  };
}
