import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command, InvalidArgumentError } from 'commander';
import type { Client } from 'graphql-ws';
import type { Runtime } from '../runtime/runtime';
import type { Step } from '../runtime/shutdown';
import { createScreen, type DemoState, LIVE_METRICS, type LiveMetrics } from './demo-screen';
import { reportError } from './errors';

interface DemoOptions {
  duration?: number;
  rate: number;
  port: string;
}

const SAMPLE = join(__dirname, '../../samples/orders.csv');
const CURRENCY = 'EUR';

/** `tidemark demo`: the first minute, in a folder that is thrown away. */
export function demoCommand(): Command {
  return new Command('demo')
    .summary('see it all at work, in a folder that is thrown away')
    .description(
      'Starts Tidemark in a temporary folder, imports a small sample, lets the simulator send orders, ' +
        'and shows the numbers move. ' +
        'Nothing is left behind.',
    )
    .option('--duration <seconds>', 'stop by itself after that long; without it at Ctrl-C', positive)
    .option('--rate <orders>', 'orders a second', positive, 20)
    .option('-p, --port <number>', 'port to listen on; 0 takes any free one', '0')
    .action(run);
}

async function run(options: DemoOptions): Promise<void> {
  const { endProcess, listenForShutdown, stopInOrder, StopRequested } = await import(
    '../runtime/shutdown.js'
  );
  const shutdown = listenForShutdown();
  const steps: Step[] = [];
  let failure: unknown;
  try {
    const demo = play(options, steps, shutdown.signal);
    demo.catch(() => {});
    await Promise.race([demo, shutdown.requested]);
  } catch (error) {
    failure = error;
  }
  const stopped = await stopInOrder(steps.reverse(), (error) => {
    failure ??= error;
  });
  if (failure !== undefined && !(failure instanceof StopRequested)) process.exitCode = reportError(failure);
  else if (stopped) process.stdout.write(BYE);
  await endProcess();
}

const BYE = `
The demo is over, and its folder is gone. To keep what you do:

  npm start                     and, in another terminal:
  npx tidemark simulate
`;

/**
 * Plays until the demo is over.
 * @param steps takes what closes each thing that was opened; the last one runs first
 */
async function play(
  { duration, rate, port }: DemoOptions,
  steps: Step[],
  signal: AbortSignal,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-demo-'));
  steps.push(() => rm(folder, { recursive: true, force: true }));
  say('Starting Tidemark in a folder of its own ...');
  const { runtime, url } = await startAll(folder, port, steps, signal);
  const imported = await importSample(runtime);
  await untilShown(url);
  say(`Imported ${imported.orders} orders and ${imported.creditNotes} credit notes from samples/orders.csv.`);
  process.stdout.write(introduction(url));

  const state: Partial<DemoState> = {};
  const screen = createScreen(process.stdout);
  const client = await subscribe(url, (metrics) => {
    state.metrics = metrics;
    screen.show({ metrics, requests: state.requests });
  });
  steps.push(async () => client.dispose());
  await playShop({ url, rate, duration, steps, onSecond: (requests) => (state.requests = requests) });
}

/** Everything that `tidemark start` runs, in this process. */
async function startAll(
  folder: string,
  port: string,
  steps: Step[],
  signal: AbortSignal,
): Promise<{ runtime: Runtime; url: URL }> {
  const [{ readConfig }, { createLogger }, { openRuntime }, { startRoles }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/logger.js'),
    import('../runtime/runtime.js'),
    import('../runtime/roles.js'),
  ]);
  // Not the caller's environment: the demo must not touch a database that it names.
  const config = readConfig({ PORT: port, TIDEMARK_DATA_DIR: folder, REPORTING_CURRENCY: CURRENCY });
  const logger = createLogger({ level: 'error', fd: 2 });
  // The demo may be stopped while one of these is being opened: its step waits for that, and closes it.
  const opening = openRuntime(config, { applicationName: 'tidemark demo', exclusive: true, logger, signal });
  steps.push(async () => (await opening).close());
  const runtime = await opening;
  const starting = startRoles(runtime);
  steps.push(async () => (await starting).stop());
  const running = await starting;
  if (running.url === undefined) throw new Error('The API did not start');
  const url = new URL('/graphql', running.url);
  await untilReady(url);
  return { runtime, url };
}

const READY_WITHIN_MS = 60_000;

/** Waits for the read models: the query that the introduction shows has to work at once. */
async function untilReady(url: URL): Promise<void> {
  for (const startedAt = performance.now(); ; await delay(100)) {
    const { ok } = await fetch(new URL('/readyz', url));
    if (ok) return;
    if (performance.now() - startedAt > READY_WITHIN_MS)
      throw new Error('The read models were not built in time');
  }
}

/** Waits until the read models have the sample, so that the screen begins with its numbers. */
async function untilShown(url: URL): Promise<void> {
  const body = JSON.stringify({ query: '{ projections { lagEvents } }' });
  for (let lag = 1; lag > 0; ) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { data } = (await answer.json()) as { data: { projections: { lagEvents: number }[] } };
    lag = Math.max(...data.projections.map(({ lagEvents }) => lagEvents));
    if (lag > 0) await delay(50);
  }
}

async function importSample({ pool, store, config }: Runtime) {
  const { importOrders } = await import('../ingest/orders/import-orders.js');
  const settings = { reportingCurrency: config.reportingCurrency, timeZone: config.timeZone };
  return importOrders({ file: SAMPLE, creditNotePrefix: 'C' }, { pool, store, settings });
}

/** Subscribes as any client would. Resolves when the first numbers are in. */
async function subscribe(url: URL, onMetrics: (metrics: LiveMetrics) => void): Promise<Client> {
  const [{ createClient }, { WebSocket }] = await Promise.all([import('graphql-ws'), import('ws')]);
  const client = createClient({ url: url.href.replace(/^http/, 'ws'), webSocketImpl: WebSocket });
  await new Promise<void>((resolve, reject) => {
    client.subscribe<{ liveMetrics: LiveMetrics }>(
      { query: LIVE_METRICS },
      {
        next({ data, errors }) {
          if (errors?.[0]) reject(errors[0]);
          if (!data) return;
          onMetrics(data.liveMetrics);
          resolve();
        },
        error: reject,
        complete: resolve,
      },
    );
  });
  return client;
}

interface PlayShop {
  url: URL;
  rate: number;
  duration: number | undefined;
  steps: Step[];
  onSecond: (requests: DemoState['requests']) => void;
}

async function playShop({ url, rate, duration, steps, onSecond }: PlayShop): Promise<void> {
  const [{ createGraphqlClient }, { createShop }, { simulate }] = await Promise.all([
    import('../ingest/simulator/graphql-client.js'),
    import('../ingest/simulator/shop.js'),
    import('../ingest/simulator/simulate.js'),
  ]);
  const concurrency = 64;
  const client = createGraphqlClient({ url, connections: concurrency, timeoutMs: 30_000 });
  const stop = new AbortController();
  const month = new Date().getUTCMonth() + 1;
  const shop = createShop({ seed: 1, currencies: [CURRENCY], idPrefix: 'demo' });
  const playing = simulate({
    client,
    shop,
    month,
    rate,
    duration,
    concurrency,
    signal: stop.signal,
    onSecond,
  });
  steps.push(async () => {
    stop.abort();
    await playing;
    client.close();
  });
  await playing;
}

const QUERY =
  '{ rfm { segments { segment customers } } ' +
  'anomalies { totalCount edges { node { orderId amount reason } } } }';

function introduction(url: URL): string {
  const socket = url.href.replace(/^http/, 'ws');
  return `
Tidemark serves at ${url.href} (queries, mutations and subscriptions).

A query to paste:

  curl -s ${url.href} -H 'content-type: application/json' \\
    -d '{"query":"${QUERY}"}'

A subscription to paste (in the project's folder):

  node -e "require('graphql-ws').createClient({ url: '${socket}', webSocketImpl: require('ws') })
    .subscribe({ query: 'subscription { orderAnomalies { orderId amount reason } }' },
      { next: (event) => console.log(JSON.stringify(event.data)), error: console.error, complete() {} })"

Ctrl-C ends the demo. The numbers now:

`;
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1_000_000)) throw new InvalidArgumentError('Give a number above zero.');
  return number;
}
