import type { Client } from 'graphql-ws';
import { type Bench, type BenchOptions, below, costing, type Measurement, plain } from './support/bench';
import { BenchClient } from './support/client';
import { startProcessorTime } from './support/processor-time';
import { type BenchedProgram, startBenched } from './support/program';
import {
  atRate,
  connectSockets,
  type PushSamples,
  placeOrder,
  placeWatched,
  SharedWatchers,
} from './support/push-load';
import { percentile } from './support/samples';

const EACH_PER_SECOND = 500;
const SHARED_PER_SECOND = 1_000;
const SECONDS = 20;
const WARM_UP_SECONDS = 3;
const SOCKETS = 128;
const SHARED_SOCKETS = 8;
const CONNECTIONS = 64;
const LIMIT_MS = 100;

/** From an order's commit to everybody who watches it. */
export const pushBench: Bench = {
  name: 'push',
  title:
    `orders placed at fixed times for ${SECONDS} s, exporter running, from the answer of the mutation to ` +
    `the push over graphql-ws: ${EACH_PER_SECOND} a second, each watched by an orderChanged of its own on ` +
    `${SOCKETS} sockets, and ${SHARED_PER_SECOND} a second, all watched by ${SHARED_SOCKETS} subscribers ` +
    'of liveMetrics; CPU of the program with its processes and its PostgreSQL',
  async run(options: BenchOptions): Promise<Measurement[]> {
    const program = await startBenched(['start'], options, { LOG_LEVEL: 'info', REPORTING_CURRENCY: 'EUR' });
    const client = new BenchClient(`${program.url}/graphql`, CONNECTIONS);
    const sockets = connectSockets(program.url, SOCKETS);
    try {
      const each = (seconds: number, prefix: string) =>
        watchedEach(program, client, sockets, seconds, prefix);
      const shared = (seconds: number, prefix: string) =>
        watchedByAll(program, client, sockets.slice(0, SHARED_SOCKETS), seconds, prefix);
      await each(WARM_UP_SECONDS, 'warm');
      const own = told('each watched', await each(SECONDS, 'o'));
      await shared(WARM_UP_SECONDS, 'warm-shared');
      return [...own, ...told('shared', await shared(SECONDS, 's'))];
    } finally {
      for (const socket of sockets) await socket.dispose();
      client.close();
      await program.end('SIGTERM');
    }
  },
};

interface Driven extends PushSamples {
  /** orders */
  perSecond: number;
  /** for each order */
  cpuMicros: number;
}

function told(shape: string, { fromAnswer, fromSending, perSecond, cpuMicros }: Driven): Measurement[] {
  return [
    costing(plain(`${shape}: orders placed and pushed`, perSecond, 'orders/s'), cpuMicros),
    plain(`${shape}: commit to push, p50`, percentile(fromAnswer, 0.5), 'ms'),
    below(`${shape}: commit to push, p99`, percentile(fromAnswer, 0.99), 'ms', { limit: LIMIT_MS }),
    plain(`${shape}: mutation sent to push, p50`, percentile(fromSending, 0.5), 'ms'),
    plain(`${shape}: mutation sent to push, p99`, percentile(fromSending, 0.99), 'ms'),
  ];
}

/** Every order has a subscription of its own. */
async function watchedEach(
  program: BenchedProgram,
  client: BenchClient,
  sockets: readonly Client[],
  seconds: number,
  prefix: string,
): Promise<Driven> {
  const samples: PushSamples = { fromAnswer: [], fromSending: [] };
  const cpu = await startProcessorTime({ trees: [program.process.pid] });
  const perSecond = await atRate(EACH_PER_SECOND, seconds, (n) =>
    placeWatched(client, sockets[n % sockets.length] as Client, `${prefix}${n}`, samples),
  );
  return { ...samples, perSecond, cpuMicros: cpu.perEvent(EACH_PER_SECOND * seconds) };
}

/** A few subscribers watch the numbers that every order moves. */
async function watchedByAll(
  program: BenchedProgram,
  client: BenchClient,
  sockets: readonly Client[],
  seconds: number,
  prefix: string,
): Promise<Driven> {
  const watchers = new SharedWatchers(sockets);
  const cpu = await startProcessorTime({ trees: [program.process.pid] });
  const perSecond = await atRate(SHARED_PER_SECOND, seconds, async (n) =>
    watchers.placed(await placeOrder(client, `${prefix}${n}`)),
  );
  const samples = await watchers.end();
  return { ...samples, perSecond, cpuMicros: cpu.perEvent(SHARED_PER_SECOND * seconds) };
}
