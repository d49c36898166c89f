import { atLeast, type Bench, type BenchOptions, costing, type Measurement, plain } from './support/bench';
import { BenchClient, orderInput, PING, PLACE_ORDER } from './support/client';
import { startProcessorTime } from './support/processor-time';
import { type BenchedProgram, startBenched } from './support/program';
import { median, percentile } from './support/samples';

const CONNECTIONS = 32;
const ROUNDS = 4;
const ROUND_MS = 4_000;

type Work = (n: number) => Promise<unknown>;

/** The cost of a command beyond HTTP and GraphQL: order mutations against a mutation that does nothing. */
export const mutationsBench: Bench = {
  name: 'mutations',
  title:
    'placeOrder over HTTP on 32 connections, every order a new stream with its commit on disk, projector ' +
    'running; in turns with `ping`, which takes the same order and answers the same without a command; CPU ' +
    'of the program and its PostgreSQL',
  async run(options: BenchOptions): Promise<Measurement[]> {
    const program = await startBenched(['start'], options, { LOG_LEVEL: 'info', REPORTING_CURRENCY: 'EUR' });
    const client = new BenchClient(`${program.url}/graphql`, CONNECTIONS);
    try {
      const bare: Work = (n) =>
        client.ask(PING, { input: { idempotencyKey: `ping-${n}`, orderId: `o${n}` } });
      const ping: Work = (n) =>
        client.ask(PING, {
          input: { idempotencyKey: `ping-${n}`, orderId: `o${n}`, order: orderInput(`o${n}`, n % 5_000) },
        });
      const place: Work = (n) =>
        client.ask(PLACE_ORDER, { input: orderInput(`o${n}`, n % 5_000) }).then(refuseFailure);
      const rounds: Record<'bare' | 'ping' | 'place', Round[]> = { bare: [], ping: [], place: [] };
      await round(program, ping);
      await round(program, place);
      for (let i = 0; i < ROUNDS; i++) {
        rounds.bare.push(await round(program, bare));
        rounds.ping.push(await round(program, ping));
        rounds.place.push(await round(program, place));
      }
      const latencies = rounds.place.flatMap((each) => each.latencies);
      const rate = (of: Round[]) => median(of.map(({ perSecond }) => perSecond));
      const costed = (what: string, of: Round[]) =>
        costing(plain(what, rate(of), 'mutations/s'), median(of.map(({ cpuMicros }) => cpuMicros)));
      return [
        costed('ping without an order', rounds.bare),
        costed('ping with the same order', rounds.ping),
        costed('placeOrder', rounds.place),
        plain('placeOrder, p50', percentile(latencies, 0.5), 'ms'),
        plain('placeOrder, p99', percentile(latencies, 0.99), 'ms'),
        plain('placeOrder against ping without an order', rate(rounds.place) / rate(rounds.bare), 'x'),
        atLeast('placeOrder against ping with the same order', rate(rounds.place) / rate(rounds.ping), 'x', {
          limit: 0.5,
        }),
      ];
    } finally {
      client.close();
      await program.end('SIGTERM');
    }
  },
};

let count = 0;

interface Round {
  /** requests a second */
  perSecond: number;
  /** of each request, milliseconds */
  latencies: number[];
  /** processor time of a request in the program and its PostgreSQL, microseconds */
  cpuMicros: number;
}

/** Sends as many as the connections take for a while. */
async function round(program: BenchedProgram, work: Work): Promise<Round> {
  const cpu = await startProcessorTime({ trees: [program.process.pid] });
  const startedAt = performance.now();
  const latencies: number[] = [];
  const connection = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      const sentAt = performance.now();
      await work(count++);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const perSecond = (latencies.length * 1000) / (performance.now() - startedAt);
  return { perSecond, latencies, cpuMicros: cpu.perEvent(latencies.length) };
}

function refuseFailure(data: unknown): void {
  const { placeOrder } = data as { placeOrder: { __typename: string } };
  if (placeOrder.__typename !== 'OrderAccepted') throw new Error(JSON.stringify(placeOrder));
}
