import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type Bench, type BenchOptions, below, type Measurement, plain } from './support/bench';
import { BenchClient, orderInput, PLACE_ORDER } from './support/client';
import { startBenched } from './support/program';
import { percentile } from './support/samples';

const ORDERS_PER_SECOND = 500;
const SECONDS = 20;
const WARM_UP_SECONDS = 3;
const SOCKETS = 128;
const CONNECTIONS = 64;
/** How long before its order a subscription starts. */
const AHEAD_MS = 500;

const ORDER_CHANGED = 'subscription ($id: ID!) { orderChanged(id: $id) { id status revision } }';

/** From an order's commit to everybody who watches it. */
export const pushBench: Bench = {
  name: 'push',
  title:
    `orderChanged over graphql-ws while ${ORDERS_PER_SECOND} orders a second are placed for ${SECONDS} s ` +
    `at fixed times, each watched by a subscription of its own on ${SOCKETS} sockets; from the answer of ` +
    'the mutation to the push',
  async run(options: BenchOptions): Promise<Measurement[]> {
    const program = await startBenched(['start'], options, { LOG_LEVEL: 'info', REPORTING_CURRENCY: 'EUR' });
    const client = new BenchClient(`${program.url}/graphql`, CONNECTIONS);
    const sockets = Array.from({ length: SOCKETS }, () => connect(program.url));
    try {
      await drive(WARM_UP_SECONDS, 'warm', client, sockets);
      const { fromAnswer, fromSending, seconds } = await drive(SECONDS, 'o', client, sockets);
      return [
        plain('orders placed and pushed', fromAnswer.length / seconds, 'orders/s'),
        plain('commit to push, p50', percentile(fromAnswer, 0.5), 'ms'),
        below('commit to push, p99', percentile(fromAnswer, 0.99), 'ms', { limit: 100 }),
        plain('mutation sent to push, p50', percentile(fromSending, 0.5), 'ms'),
        plain('mutation sent to push, p99', percentile(fromSending, 0.99), 'ms'),
      ];
    } finally {
      for (const socket of sockets) await socket.dispose();
      client.close();
      await program.end('SIGTERM');
    }
  },
};

interface Samples {
  /** milliseconds; zero where the push came before the answer */
  fromAnswer: number[];
  fromSending: number[];
  seconds: number;
}

/** Places orders at fixed times, however long the ones before take. */
async function drive(
  seconds: number,
  prefix: string,
  client: BenchClient,
  sockets: Client[],
): Promise<Samples> {
  const samples: Samples = { fromAnswer: [], fromSending: [], seconds: 0 };
  const startedAt = performance.now();
  const orders: Promise<void>[] = [];
  for (let n = 0; n < seconds * ORDERS_PER_SECOND; n++) {
    const dueAt = startedAt + (n * 1000) / ORDERS_PER_SECOND;
    const early = dueAt - performance.now();
    if (early > 1) await delay(early);
    const order = placeWatched(`${prefix}${n}`, client, sockets[n % sockets.length] as Client, samples);
    // Promise.all below reports a failure; until then it must not end the process.
    order.catch(() => {});
    orders.push(order);
  }
  await Promise.all(orders);
  samples.seconds = (performance.now() - startedAt) / 1000;
  return samples;
}

async function placeWatched(
  id: string,
  client: BenchClient,
  socket: Client,
  samples: Samples,
): Promise<void> {
  const pushed = new Promise<number>((resolve, reject) => {
    const end = socket.subscribe(
      { query: ORDER_CHANGED, variables: { id } },
      {
        next({ errors }) {
          if (errors) reject(new Error(JSON.stringify(errors)));
          else resolve(performance.now());
          end();
        },
        error: (cause) => reject(cause instanceof Error ? cause : new Error(JSON.stringify(cause))),
        complete: () => {},
      },
    );
  });
  pushed.catch(() => {});
  await delay(AHEAD_MS);
  const sentAt = performance.now();
  const { placeOrder } = await client.ask<{ placeOrder: { __typename: string } }>(PLACE_ORDER, {
    input: orderInput(id, id.length),
  });
  if (placeOrder.__typename !== 'OrderAccepted') throw new Error(JSON.stringify(placeOrder));
  const answeredAt = performance.now();
  const pushedAt = await pushed;
  samples.fromSending.push(pushedAt - sentAt);
  samples.fromAnswer.push(Math.max(0, pushedAt - answeredAt));
}

function connect(url: string): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
  });
}
