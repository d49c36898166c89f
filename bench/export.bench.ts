import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '../src/event-store/event';
import { columnsOf } from '../src/event-store/log-columns';
import { DEFAULT_LIMITS } from '../src/export/limits';
import { Windows } from '../src/export/window/windows';
import { orderLines } from '../src/lake/datasets/order-lines.dataset';
import { type Bench, type BenchOptions, below, type Measurement, plain } from './support/bench';
import { orderLog } from './support/order-log';
import { parquetPeers } from './support/parquet-peers';
import { BY_HAND_ROUNDS, copyByHand } from './support/placed-json';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 300_000);
const PEER_LINES = 100_000;

interface Exported {
  rows: number;
  /** processor time of reading the JSON and writing the files */
  seconds: number;
  peakRssBytes: number;
}

/** Events in a window into Parquet files of a dataset. */
export const exportBench: Bench = {
  name: 'export',
  title:
    `order_lines of ${ORDERS.toLocaleString('en-US')} orders into zstd Parquet, from windows of the log, ` +
    "against DuckDB's own COPY of the same JSON by hand (processor time, one thread both, the best of " +
    `${BY_HAND_ROUNDS}), and against libraries for Node on ${PEER_LINES.toLocaleString('en-US')} rows`,
  async run(options: BenchOptions): Promise<Measurement[]> {
    const rounds = Array.from({ length: BY_HAND_ROUNDS }, (_, round) =>
      exportApart(join(options.folder, `round-${round}`)),
    );
    const best = rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));
    const copySeconds = await copyByHand(ORDERS, options.folder);
    options.note(`DuckDB's COPY took ${copySeconds.toFixed(2)} s`);
    const peers = await parquetPeers(PEER_LINES, options.folder);
    const peak = Math.max(...rounds.map(({ peakRssBytes }) => peakRssBytes)) / 1024 ** 2;
    return [
      plain('rows into Parquet files', best.rows / best.seconds, 'rows/core-second'),
      below('... times DuckDB COPY of the same JSON', best.seconds / copySeconds, 'x', { aim: 2 }),
      below('peak memory of the process', peak, 'MB', { limit: 450 }),
      ...peers,
    ];
  },
};

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
  const windows = await Windows.open(join(folder, 'temporary'));
  const settings = { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' };
  const { signal } = new AbortController();
  let [rows, seconds, parts] = [0, 0, 0];
  for (const events of placed(DEFAULT_LIMITS.events)) {
    const window = windows.next();
    await window.fill(columnsOf([events]));
    const before = process.cpuUsage();
    await window.prepare([orderLines], { settings }, signal);
    const files = await window.write(orderLines, join(folder, String(parts++)), signal);
    const { user, system } = process.cpuUsage(before);
    seconds += (user + system) / 1e6;
    for (const { recordCount } of files) rows += recordCount;
    await windows.clear(window);
  }
  windows.close();
  return { rows, seconds, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}

/** The OrderPlaced events of a shop's log, in parts. */
function* placed(size: number): Generator<RecordedEvent[]> {
  let part: RecordedEvent[] = [];
  let position = 0;
  for (const { stream, event } of orderLog(ORDERS)) {
    position++;
    if (event.type !== 'OrderPlaced') continue;
    const place = { stream, revision: 0, position: String(position).padStart(19, '0') };
    part.push({ ...event, ...place, recordedAt: event.occurredAt } as RecordedEvent);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
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
