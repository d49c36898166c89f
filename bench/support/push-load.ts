import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type BenchClient, orderInput, PLACE_ORDER } from './client';

/** How long before its order a subscription of its own starts. */
const AHEAD_MS = 500;

const ORDER_CHANGED = 'subscription ($id: ID!) { orderChanged(id: $id) { id status revision } }';
/** As often as they may be asked for. */
const LIVE_METRICS = 'subscription { liveMetrics(everyMs: 20) { orders asOf { position } } }';

export interface PushSamples {
  /** from the answer of the mutation to each push, milliseconds; zero where the push came first */
  fromAnswer: number[];
  /** from sending the mutation */
  fromSending: number[];
}

export interface Accepted {
  /** the position of its event */
  position: string;
  /** on the clock of `performance.now` */
  sentAt: number;
  answeredAt: number;
}

/** Begins something at fixed times, however long the ones before take. @returns how many a second it was */
export async function atRate(
  perSecond: number,
  seconds: number,
  begin: (n: number) => Promise<void>,
): Promise<number> {
  const startedAt = performance.now();
  const begun: Promise<void>[] = [];
  for (let n = 0; n < seconds * perSecond; n++) {
    const early = startedAt + (n * 1000) / perSecond - performance.now();
    if (early > 1) await delay(early);
    const one = begin(n);
    // Promise.all below reports a failure; until then it must not end the process.
    one.catch(() => {});
    begun.push(one);
  }
  await Promise.all(begun);
  return (begun.length * 1000) / (performance.now() - startedAt);
}

export async function placeOrder(client: BenchClient, id: string): Promise<Accepted> {
  const sentAt = performance.now();
  const { placeOrder } = await client.ask<{ placeOrder: { __typename: string; consistencyToken: string } }>(
    PLACE_ORDER,
    { input: orderInput(id, id.length) },
  );
  if (placeOrder.__typename !== 'OrderAccepted') throw new Error(JSON.stringify(placeOrder));
  return { position: placeOrder.consistencyToken, sentAt, answeredAt: performance.now() };
}

/** Places an order that a subscription of its own watches, and waits for the push. */
export async function placeWatched(
  client: BenchClient,
  socket: Client,
  id: string,
  samples: PushSamples,
): Promise<void> {
  const pushed = new Promise<number>((resolve, reject) => {
    const end = subscribe(socket, { query: ORDER_CHANGED, variables: { id } }, reject, () => {
      resolve(performance.now());
      end();
    });
  });
  pushed.catch(() => {});
  await delay(AHEAD_MS);
  const accepted = await placeOrder(client, id);
  take(samples, accepted, await pushed);
}

/** Subscribers of the shop's numbers: each sees every order, once the numbers are as of its position. */
export class SharedWatchers {
  readonly samples: PushSamples = { fromAnswer: [], fromSending: [] };
  private readonly shown: { position: string; at: number }[][];
  private readonly accepted: Accepted[] = [];
  private readonly ends: (() => void)[];

  constructor(sockets: readonly Client[]) {
    this.shown = sockets.map(() => []);
    this.ends = sockets.map((socket, number) =>
      subscribe(socket, { query: LIVE_METRICS }, fail, (data) => {
        const { position } = (data as { liveMetrics: { asOf: { position: string } } }).liveMetrics.asOf;
        this.shown[number]?.push({ position, at: performance.now() });
      }),
    );
  }

  placed(accepted: Accepted): void {
    this.accepted.push(accepted);
  }

  /** Waits until everybody has seen everything. @returns a sample for each order and subscriber */
  async end(): Promise<PushSamples> {
    const inOrder = this.accepted.sort((a, b) => (a.position < b.position ? -1 : 1));
    const last = inOrder.at(-1)?.position ?? '';
    while (!this.shown.every((pushes) => (pushes.at(-1)?.position ?? '') >= last)) await delay(10);
    for (const end of this.ends) end();
    for (const pushes of this.shown) {
      let next = 0;
      for (const order of inOrder) {
        while ((pushes[next]?.position ?? '\uffff') < order.position) next++;
        take(this.samples, order, pushes[next]?.at ?? Number.NaN);
      }
    }
    return this.samples;
  }
}

export function connectSockets(url: string, count: number): Client[] {
  const options = { webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 };
  return Array.from({ length: count }, () =>
    createClient({ url: `${url.replace('http', 'ws')}/graphql`, ...options }),
  );
}

function take(samples: PushSamples, { sentAt, answeredAt }: Accepted, pushedAt: number): void {
  samples.fromSending.push(pushedAt - sentAt);
  samples.fromAnswer.push(Math.max(0, pushedAt - answeredAt));
}

/** @returns what ends it */
function subscribe(
  socket: Client,
  request: { query: string; variables?: Record<string, unknown> },
  failed: (error: Error) => void,
  next: (data: unknown) => void,
): () => void {
  return socket.subscribe(request, {
    next({ data, errors }) {
      if (errors) failed(new Error(JSON.stringify(errors)));
      else next(data);
    },
    error: (cause) => failed(cause instanceof Error ? cause : new Error(JSON.stringify(cause))),
    complete: () => {},
  });
}

function fail(error: Error): void {
  throw error;
}
