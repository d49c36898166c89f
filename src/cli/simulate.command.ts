import { isIPv6 } from 'node:net';
import { Command, InvalidArgumentError } from 'commander';
import { UNITS_PER_EURO } from '../ingest/simulator/places';
import type { SecondReport, SimulationReport } from '../ingest/simulator/simulate';
import { CliError, ExitCode } from './errors';
import { interruptible } from './with-runtime';

interface SimulateCommandOptions {
  rate: number;
  duration?: number;
  count?: number;
  seed: number;
  runId?: string;
  url?: URL;
  currencies?: string[];
  concurrency: number;
  timeout: number;
  json?: boolean;
}

/** `tidemark simulate`: sends a made-up shop's orders to the public API, like any other client. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .summary('let a made-up shop send orders to a running Tidemark')
    .description(
      'Sends the orders of a made-up shop to the GraphQL API: customers who come back, seasons, returns, ' +
        'cancellations, and now and then an order that is far too large. The same seed makes the same ' +
        'orders with the same ids, so a second run adds nothing unless --run-id or the month differs.',
    )
    .option('--rate <orders>', 'orders a second; what becomes of them comes on top', positive, 10)
    .option('--duration <seconds>', 'how long; without it until Ctrl-C', positive)
    .option('--count <orders>', 'how many orders; then the last ones are seen through', wholePositive)
    .option('--seed <n>', 'which shop', whole, 1)
    .option('--run-id <text>', 'what ids begin with (default: sim, the seed and the month)')
    .option(
      '--url <url>',
      'where the API is (default: the server of the data folder; else HOST and PORT of the configuration)',
      httpUrl,
    )
    .option(
      '--currencies <codes>',
      'some of EUR, GBP, USD, SEK, JPY; the first is what the store reports in (default: that alone, or EUR)',
      currencies,
    )
    .option('--concurrency <n>', 'most requests under way', wholePositive, 256)
    .option('--timeout <seconds>', 'how long to wait for an answer', positive, 30)
    .option('--json', 'report as JSON at the end')
    .action(run);
}

/** How long to wait for answers after Ctrl-C; the report counts those that do not come as failed. */
const ANSWERS_WITHIN_MS = 400;

async function run(options: SimulateCommandOptions): Promise<void> {
  const [{ createGraphqlClient }, { createShop }, { simulate }, { printJson }] = await Promise.all([
    import('../ingest/simulator/graphql-client.js'),
    import('../ingest/simulator/shop.js'),
    import('../ingest/simulator/simulate.js'),
    import('./output.js'),
  ]);
  const { rate, duration, count, seed, concurrency } = options;
  const { url, hint } = options.url ? { url: options.url, hint: NOT_RUNNING } : await findApi();
  const month = new Date().getUTCMonth() + 1;
  const idPrefix = options.runId ?? `sim-${seed}-m${String(month).padStart(2, '0')}`;
  const client = createGraphqlClient({ url, connections: concurrency, timeoutMs: options.timeout * 1000 });
  await interruptible(async (signal, undo) => {
    undo.push(async () => client.close());
    const giveUpAnswers = () => void setTimeout(() => client.close(), ANSWERS_WITHIN_MS).unref();
    signal.addEventListener('abort', giveUpAnswers);
    const reporting = await client.reportingCurrency().catch((error: unknown) => {
      throw new CliError(`Nobody answers at ${url}: ${reasonOf(error)}.${hint}`);
    });
    const currencies = chooseCurrencies(options.currencies, reporting);
    const shop = createShop({ seed, currencies, idPrefix });
    const report = await simulate({
      client,
      shop,
      month,
      rate,
      duration,
      count,
      concurrency,
      signal,
      onSecond: (second) => process.stderr.write(`${describeSecond(second)}\n`),
    });
    if (options.json) printJson({ runId: idPrefix, seed, month, rate, ...report });
    else process.stdout.write(describeReport(report, idPrefix));
    if (report.sent > 0 && report.accepted === 0) process.exitCode = ExitCode.failed;
  });
}

const NOT_RUNNING = ' Is `tidemark start` running?';

/** Finds the API of the configuration, with a hint for the case that nobody answers there. */
async function findApi(): Promise<{ url: URL; hint: string }> {
  const [{ readConfig }, { findServer }, { whereOneRuns }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/server-file.js'),
    import('../runtime/nothing-here.js'),
  ]);
  const config = readConfig();
  const server = await findServer(config.dataDir);
  const url =
    server?.url ?? `http://${isIPv6(config.host) ? `[${config.host}]` : config.host}:${config.port}`;
  const hint = server ? '' : (await whereOneRuns(config)) || NOT_RUNNING;
  return { url: new URL('/graphql', url), hint };
}

/** The first currency must be the store's reporting currency: exchange rates are to it. */
function chooseCurrencies(wanted: string[] | undefined, reporting: string | undefined): string[] {
  if (wanted !== undefined && (reporting === undefined || wanted[0] === reporting)) return wanted;
  if (reporting === undefined) return ['EUR'];
  if (wanted !== undefined)
    throw new CliError(
      `--currencies ${wanted}: the store reports in ${reporting}, so ${reporting} must come first.`,
      2,
    );
  if (KNOWN_CURRENCIES.includes(reporting)) return [reporting];
  throw new CliError(
    `The store reports in ${reporting}, which the simulator does not know. ` +
      `It knows ${KNOWN_CURRENCIES.join(', ')}.`,
  );
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return message || code || 'no reason given';
}

function describeSecond({ at, sent, accepted, failures, p50, p99, inFlight, waiting }: SecondReport): string {
  const failed = Object.entries(failures).map(([code, count]) => `  ${code} ${count}`);
  const queue = inFlight + waiting > 0 ? `  under way ${inFlight}, waiting ${waiting}` : '';
  return (
    `${String(at).padStart(4)}s  sent ${sent}  accepted ${accepted}  ` +
    `p50 ${p50} ms  p99 ${p99} ms${queue}${failed.join('')}`
  );
}

function describeReport(report: SimulationReport, runId: string): string {
  const lines: [string, string][] = [
    ['run', runId],
    ['orders', `${report.orders} in ${report.seconds.toFixed(1)} s`],
    ['requests', `${report.sent}, accepted ${report.accepted}, of those sent before ${report.duplicates}`],
    ...Object.entries(report.byOperation).map(([operation, { sent, accepted }]): [string, string] => [
      '',
      `${operation} ${accepted} of ${sent}`,
    ]),
    ...Object.entries(report.failures).map(([code, count]): [string, string] => [
      'failed',
      `${code} ${count}`,
    ]),
    ['latency', `p50 ${report.p50} ms, p99 ${report.p99} ms, max ${report.max} ms`],
    ['not due yet', `${report.unfinishedSteps} steps of orders under way`],
  ];
  return lines.map(([name, value]) => `${name.padEnd(11)}  ${value}\n`).join('');
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1_000_000)) throw new InvalidArgumentError('Give a number above zero.');
  return number;
}

function wholePositive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number above zero.');
  return Number(text);
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 0 to 999999999.');
  return Number(text);
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('Give a URL that begins with http:// or https://.');
  return url;
}

function currencies(text: string): string[] {
  const codes = [...new Set(text.split(',').map((code) => code.trim().toUpperCase()))];
  const unknown = codes.filter((code) => !KNOWN_CURRENCIES.includes(code));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `${unknown.join(', ')}: give one or more of ${KNOWN_CURRENCIES.join(', ')}.`,
    );
  return codes;
}

const KNOWN_CURRENCIES = Object.keys(UNITS_PER_EURO);
