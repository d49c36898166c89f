import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { orderLines } from '../src/lake/datasets/order-lines.dataset';
import { DatasetBuffer } from '../src/lake/parquet/dataset-buffer';
import { ParquetWriter } from '../src/lake/parquet/parquet-writer';
import { type Bench, type BenchOptions, below, type Measurement, plain } from './support/bench';
import { orderLineRows } from './support/order-line-rows';
import { parquetPeers } from './support/parquet-peers';

const LINES = Number(process.env.BENCH_LINES ?? 1_000_000);
const PEER_LINES = Math.min(LINES, 100_000);
/** The size of a cut while the exporter catches up. */
const CUT_ROWS = 250_000;
const ROUNDS = 3;

interface Exported {
  rows: number;
  /** rows into typed columns */
  addSeconds: number;
  /** columns into files */
  writeSeconds: number;
  files: string[];
  peakRssBytes: number;
}

/** Rows of a dataset into Parquet files. */
export const exportBench: Bench = {
  name: 'export',
  title:
    `${LINES.toLocaleString('en-US')} rows of order_lines into zstd Parquet, against DuckDB's own COPY of ` +
    `the same rows from a table (one thread both, the best of ${ROUNDS}), and against libraries for Node ` +
    `on ${PEER_LINES.toLocaleString('en-US')} of them`,
  async run(options: BenchOptions): Promise<Measurement[]> {
    const rounds = Array.from({ length: ROUNDS }, (_, round) =>
      exportApart(join(options.folder, `round-${round}`)),
    );
    const best = rounds.reduce((a, b) => (secondsOf(b) < secondsOf(a) ? b : a));
    const copySeconds = await copyOf(best, options);
    options.note(`DuckDB's COPY took ${copySeconds.toFixed(2)} s`);
    const peers = await parquetPeers(PEER_LINES, options.folder);
    return [
      plain('rows into Parquet files', best.rows / secondsOf(best), 'rows/s'),
      plain('... of it rows into typed columns', (100 * best.addSeconds) / secondsOf(best), '%'),
      below('columns into files, times DuckDB COPY', best.writeSeconds / copySeconds, 'x', { aim: 1.2 }),
      below('rows into files, times DuckDB COPY', secondsOf(best) / copySeconds, 'x', { aim: 1.2 }),
      below(
        'peak memory of the process',
        Math.max(...rounds.map((each) => each.peakRssBytes)) / 1024 ** 2,
        'MB',
        {
          limit: 768,
        },
      ),
      ...peers,
    ];
  },
};

const secondsOf = ({ addSeconds, writeSeconds }: Exported): number => addSeconds + writeSeconds;

/** One export in a process of its own, so that its memory is its own. */
function exportApart(folder: string): Exported {
  const runner = join(__dirname, '../test/support/run-typescript.js');
  const output = execFileSync(process.execPath, ['--max-semi-space-size=64', runner, __filename, folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Exported;
}

async function exportLines(folder: string): Promise<Exported> {
  const exported: Exported = { rows: 0, addSeconds: 0, writeSeconds: 0, files: [], peakRssBytes: 0 };
  const writer = await ParquetWriter.open({ temporaryFolder: join(folder, 'temporary') });
  let buffer = new DatasetBuffer(orderLines);
  const flush = async () => {
    const startedAt = performance.now();
    const files = await writer.write(buffer, join(folder, String(exported.files.length)));
    exported.writeSeconds += (performance.now() - startedAt) / 1000;
    exported.files.push(...files.map(({ path }) => path));
    exported.rows += buffer.rows;
    buffer = new DatasetBuffer(orderLines);
  };
  for (const rows of orderLineRows(LINES)) {
    const startedAt = performance.now();
    buffer.add(rows);
    exported.addSeconds += (performance.now() - startedAt) / 1000;
    if (buffer.rows >= CUT_ROWS) await flush();
  }
  await flush();
  await writer.close();
  return { ...exported, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

/** DuckDB's COPY of the same rows to the same kind of file, the best of some rounds. @returns seconds */
async function copyOf({ files }: Exported, { folder }: BenchOptions): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const paths = files.map((file) => `'${file}'`).join(', ');
    await connection.run(`CREATE TABLE lines AS FROM read_parquet([${paths}], hive_partitioning = false)`);
    const seconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      seconds.push(await timeCopy(connection, join(folder, 'copy.parquet')));
    return Math.min(...seconds);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function timeCopy(connection: DuckDBConnection, path: string): Promise<number> {
  const startedAt = performance.now();
  await connection.run(`COPY lines TO '${path}' (FORMAT parquet, COMPRESSION zstd)`);
  return (performance.now() - startedAt) / 1000;
}

if (process.argv[1] === __filename) {
  const folder = process.argv[2] as string;
  mkdirSync(folder, { recursive: true });
  exportLines(folder).then(
    (exported) => console.log(JSON.stringify(exported)),
    (error) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
