import { join } from 'node:path';
import { atLeast, type Bench, type BenchOptions, costing, type Measurement, plain } from './support/bench';
import { type ImportRun, programAt, runImport, type ShopFile, shopFiles } from './support/import-run';

const ROOT = join(__dirname, '..');
/**
 * Before orders were imported as a whole, and formats were found. IMPORT_BENCH_BEFORE names another commit.
 */
const BEFORE = process.env.IMPORT_BENCH_BEFORE ?? 'e92a7e9';
const TURNS = 3;
const LEAST_SHARE = 0.9;

/** Order files into an empty store. */
export const importBench: Bench = {
  name: 'import',
  title:
    `tidemark import orders of two real shops into an empty store, ${TURNS} times each, in turns with the ` +
    `program of commit ${BEFORE}, built for it; the medians. Lines a second are those of the report. ` +
    'CPU is that of the program with its PostgreSQL, their start included',
  async run(options: BenchOptions): Promise<Measurement[]> {
    const files = shopFiles();
    const before = await programAt(BEFORE, options);
    const measurements: Measurement[] = [];
    for (const file of files) measurements.push(...(await compare(file, before, options)));
    return measurements;
  },
};

async function compare(file: ShopFile, before: string, options: BenchOptions): Promise<Measurement[]> {
  const runs: { before: ImportRun[]; now: ImportRun[] } = { before: [], now: [] };
  for (let turn = 1; turn <= TURNS; turn++) {
    runs.before.push(await runImport(before, file, options));
    // What was written off counted as returned before.
    runs.now.push(await runImport(ROOT, file, options, ['--zero-price-returns']));
    options.note(`${file.name}: turn ${turn} of ${TURNS}`);
  }
  const rate = (some: ImportRun[]) => median(some.map(({ lines, seconds }) => lines / seconds));
  const cpu = (some: ImportRun[]) => median(some.map(({ lines, cpuSeconds }) => (cpuSeconds * 1e6) / lines));
  return [
    costing(plain(`${file.name}, before`, rate(runs.before), 'lines/s'), cpu(runs.before)),
    costing(plain(file.name, rate(runs.now), 'lines/s'), cpu(runs.now)),
    atLeast(`${file.name}: lines for the same CPU, before = 1`, cpu(runs.before) / cpu(runs.now), 'x', {
      limit: LEAST_SHARE,
    }),
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
