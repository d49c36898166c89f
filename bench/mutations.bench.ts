import { atLeast, type Bench, type BenchOptions, type Measurement, plain } from './support/bench';
import { BenchClient, orderInput, PING, PLACE_ORDER } from './support/client';
import { startBenched } from './support/program';
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
    'running; in turns with `ping`, which takes the same order and answers the same without a command',
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
      const rates: Record<'bare' | 'ping' | 'place', number[]> = { bare: [], ping: [], place: [] };
      const latencies: number[] = [];
      await round(ping, []);
      await round(place, []);
      for (let i = 0; i < ROUNDS; i++) {
        rates.bare.push(await round(bare, []));
        rates.ping.push(await round(ping, []));
        rates.place.push(await round(place, latencies));
      }
      return [
        plain('ping without an order', median(rates.bare), 'mutations/s'),
        plain('ping with the same order', median(rates.ping), 'mutations/s'),
        plain('placeOrder', median(rates.place), 'mutations/s'),
        plain('placeOrder, p50', percentile(latencies, 0.5), 'ms'),
        plain('placeOrder, p99', percentile(latencies, 0.99), 'ms'),
        plain('placeOrder against ping without an order', median(rates.place) / median(rates.bare), 'x'),
        atLeast(
          'placeOrder against ping with the same order',
          median(rates.place) / median(rates.ping),
          'x',
          { limit: 0.5 },
        ),
      ];
    } finally {
      client.close();
      await program.end('SIGTERM');
    }
  },
};

let count = 0;

/**
 * Sends as many as the connections take for a while.
 * @returns requests a second
 */
async function round(work: Work, latencies: number[]): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const connection = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      const sentAt = performance.now();
      await work(count++);
      latencies.push(performance.now() - sentAt);
      done++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  return (done * 1000) / (performance.now() - startedAt);
}

function refuseFailure(data: unknown): void {
  const { placeOrder } = data as { placeOrder: { __typename: string } };
  if (placeOrder.__typename !== 'OrderAccepted') throw new Error(JSON.stringify(placeOrder));
}
