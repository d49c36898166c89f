import { atLeast, type Bench, type BenchOptions, below, type Measurement } from './support/bench';
import { startBenched } from './support/program';
import { openBenchRuntime, writeShopLog } from './support/shop-log';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 250_000);

/** A shop's whole log into all read models, as `tidemark replay --all` does it. */
export const replayBench: Bench = {
  name: 'replay',
  title:
    `\`tidemark replay --all\` over ${(4 * ORDERS).toLocaleString('en-US')} order events: every read ` +
    'model, one pass, indexes included',
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
  const runtime = await openBenchRuntime(folder);
  try {
    await writeShopLog(runtime, ORDERS, note);
  } finally {
    await runtime.close();
  }
}
