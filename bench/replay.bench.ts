import { join } from 'node:path';
import { loadConfig } from '../src/runtime/config';
import { openRuntime } from '../src/runtime/runtime';
import { atLeast, type Bench, type BenchOptions, below, type Measurement } from './support/bench';
import { orderLog } from './support/order-log';
import { startBenched } from './support/program';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 250_000);
const APPENDS_AT_ONCE = 4_000;

/** A shop's whole log into all read models, as `tidemark replay --all` does it. */
export const replayBench: Bench = {
  name: 'replay',
  title: `\`tidemark replay --all\` over ${(4 * ORDERS).toLocaleString('en-US')} order events: every read model, one pass, indexes included`,
  async run(options: BenchOptions): Promise<Measurement[]> {
    await writeLog(options);
    const program = await startBenched(['replay', '--all', '--json'], options);
    const { stdout, peakRssBytes } = await program.end();
    const { events, seconds } = JSON.parse(stdout) as { events: number; seconds: number };
    return [
      atLeast('replay into all read models', events / seconds, 'events/s', { aim: 200_000, limit: 60_000 }),
      below('peak memory of the replaying process', peakRssBytes / 1024 ** 2, 'MB', { limit: 512 }),
    ];
  },
};

async function writeLog({ folder, note }: BenchOptions): Promise<void> {
  const runtime = await openRuntime(loadConfig({ TIDEMARK_DATA_DIR: join(folder, 'data') }), {
    applicationName: 'tidemark bench',
  });
  try {
    const startedAt = performance.now();
    const log = orderLog(ORDERS);
    const writer = async () => {
      for (const { stream, expected, event } of log) await runtime.store.append(stream, expected, [event]);
    };
    await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, writer));
    await runtime.pool.query('VACUUM ANALYZE');
    const seconds = (performance.now() - startedAt) / 1000;
    note(`${(4 * ORDERS).toLocaleString('en-US')} events written in ${seconds.toFixed(0)} s`);
  } finally {
    await runtime.close();
  }
}
