import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Exporter } from '../src/export/exporter';
import { datasets, eventDatasets } from '../src/lake/datasets/catalogue';
import type { Dataset } from '../src/lake/datasets/dataset';
import { openLake } from '../src/lake/open-lake';
import { kafkaJars } from '../stack/kafka/jars';
import { needSpark } from '../test/support/spark/environment';
import { atLeast, type Bench, type BenchOptions, below, type Measurement, plain } from './support/bench';
import { commitLatency } from './support/commit-latency';
import { copyByHand } from './support/placed-json';
import { startProcessorTime } from './support/processor-time';
import { openBenchRuntime, writeShopLog } from './support/shop-log';
import { sparkPeers } from './support/spark-peer';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 100_000);
const SNAPSHOTS = 1_000;
/** Orders a core-second, four events each into all tables. */
const AIM = 24_000;
/** Orders a core-second, one event each into one table. */
const ONE_TABLE_AIM = 90_000;
/** The table of the export with one event an order. */
const ONE_TABLE = 'order_lines';

interface Exported {
  rows: number;
  cuts: number;
  seconds: number;
  /** processor time */
  programSeconds: number;
  postgresSeconds: number;
  peakRssBytes: number;
}

/** A shop's log from the event store to the tables of a lake. */
export const lakeBench: Bench = {
  name: 'lake',
  title:
    `the log of ${ORDERS.toLocaleString('en-US')} orders (four events each) from the event store into all ` +
    'tables of a lake in a folder, per core-second of the exporting process and PostgreSQL together; the ' +
    `one event that an order was placed into the one table ${ONE_TABLE}, beside DuckDB's own COPY of the ` +
    'same JSON by hand; and a commit to a table of ' +
    `${SNAPSHOTS.toLocaleString('en-US')} snapshots against its first ones`,
  async run(options: BenchOptions): Promise<Measurement[]> {
    const placed = await exportOf({ ...options, folder: join(options.folder, 'placed') }, true);
    const byHand = await copyByHand(ORDERS, options.folder);
    const spark = await sparkBeside({ ...options, folder: join(options.folder, 'placed') });
    const all = await exportOf({ ...options, folder: join(options.folder, 'all') }, false);
    const { rows, cuts, seconds, programSeconds, postgresSeconds, peakRssBytes } = all;
    const commits = await commitLatency(join(options.folder, 'commits'), SNAPSHOTS);
    return [
      atLeast('orders into the lake', ORDERS / coreSeconds(all), 'orders/core-second', { aim: AIM }),
      atLeast(`... one event each, ${ONE_TABLE} alone`, ORDERS / coreSeconds(placed), 'orders/core-second', {
        aim: ONE_TABLE_AIM,
      }),
      plain("... DuckDB's COPY of the same JSON by hand", ORDERS / byHand, 'orders/core-second'),
      below('... of which the export takes', coreSeconds(placed) / byHand, 'x', { aim: 2 }),
      ...spark,
      plain('orders into the lake', ORDERS / seconds, 'orders/s'),
      plain('rows into the lake', rows / coreSeconds(all), 'rows/core-second'),
      plain('rows of a cut', rows / cuts, 'rows'),
      plain("... PostgreSQL's part of the processor time", share(postgresSeconds, programSeconds), '%'),
      below('peak memory of the exporting process', peakRssBytes / 1024 ** 2, 'MB', { limit: 450 }),
      plain('commit to a new table, p50', commits.first, 'ms'),
      plain(`commit to a table of ${SNAPSHOTS.toLocaleString('en-US')} snapshots, p50`, commits.last, 'ms'),
      below('... against a new one', commits.last / commits.first, 'x', { limit: 5 }),
    ];
  },
};

const coreSeconds = ({ programSeconds, postgresSeconds }: Exported): number =>
  programSeconds + postgresSeconds;

const share = (part: number, rest: number): number => (100 * part) / (part + rest);

/** Writes the log of a shop and exports it. */
async function exportOf(options: BenchOptions, onlyPlaced: boolean): Promise<Exported> {
  const runtime = await openBenchRuntime(options.folder);
  try {
    await writeShopLog(runtime, ORDERS, options.note, onlyPlaced);
    return exportApart(options, onlyPlaced ? [ONE_TABLE] : []);
  } finally {
    await runtime.close();
  }
}

/** What PySpark makes of the log of `placed`; nothing where Spark or Kafka cannot be had. */
async function sparkBeside({ folder, note }: BenchOptions): Promise<Measurement[]> {
  try {
    needSpark();
    kafkaJars();
  } catch (error) {
    note(`Spark is left out: ${(error as Error).message}`);
    return [];
  }
  const runtime = await openBenchRuntime(folder);
  try {
    return await sparkPeers(runtime, ORDERS, folder);
  } finally {
    await runtime.close();
  }
}

/** The export in a process of its own, so that its memory and processor time are its own. */
function exportApart({ folder, profiles }: BenchOptions, tables: readonly string[]): Exported {
  const runner = join(__dirname, '../test/support/run-typescript.js');
  const profiling = profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
  const output = execFileSync(
    process.execPath,
    ['--max-semi-space-size=64', ...profiling, runner, __filename, folder, ...tables],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return JSON.parse(output) as Exported;
}

/** @param tables the only ones; none: all */
async function exportLog(folder: string, tables: readonly string[]): Promise<Exported> {
  if (tables.length > 0) keepOnly(tables);
  const runtime = await openBenchRuntime(folder);
  try {
    const { pool, store } = runtime;
    const startedAt = performance.now();
    const program = await startProcessorTime({ own: true });
    const postgres = await startProcessorTime({ pool });
    const lake = await openLake({ url: join(folder, 'lake') });
    let [rows, cuts] = [0, 0];
    const exporter = await Exporter.open({
      store,
      catalog: lake,
      workFolder: join(folder, 'work'),
      onExported: (exported) => {
        rows += exported.rows;
        cuts++;
      },
    });
    await exporter.catchUp(new AbortController().signal);
    await exporter.close();
    await lake.close();
    return {
      rows,
      cuts,
      seconds: (performance.now() - startedAt) / 1000,
      programSeconds: program.seconds(),
      postgresSeconds: postgres.seconds(),
      peakRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  } finally {
    await runtime.close();
  }
}

/** Makes this a version of the program that has no other tables. */
function keepOnly(tables: readonly string[]): void {
  for (const list of [datasets, eventDatasets] as Dataset[][])
    list.splice(0, list.length, ...list.filter(({ name }) => [...tables, 'bad_rows'].includes(name)));
}

if (process.argv[1] === __filename) {
  const [folder = '', ...tables] = process.argv.slice(2);
  exportLog(folder, tables).then(
    (exported) => console.log(JSON.stringify(exported)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
