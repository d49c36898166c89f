import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Command } from 'commander';
import type { Lake } from '../export/lake';
import type { Config } from '../runtime/config';
import type { LoadResult } from '../warehouse/load/load-files';
import type { Holiday } from '../warehouse/model/date.dimension';
import type { QueryAnswer, WarehouseTarget } from '../warehouse/target';
import type { VerifyResult } from '../warehouse/verify/verify';
import { CliError, ExitCode } from './errors';
import { type Cell, printJson, printTable } from './output';
import { createProgress } from './progress';
import { withRuntime } from './with-runtime';

/** Rows of a table on the terminal; files and JSON have all. */
const SHOWN_ROWS = 1_000;
const CACHE_FOLDER = 'warehouse-cache';
const TARGETS = ['duckdb', 'snowflake'];
const FORMATS: Record<string, 'csv' | 'parquet' | 'json'> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.json': 'json',
};

interface Options {
  target?: string;
  json?: boolean;
}

/** `tidemark warehouse`: the star schema, from the lake into DuckDB or Snowflake. */
export function warehouseCommand(): Command {
  const group = new Command('warehouse').summary('the star schema: init, load, verify, query, export');
  command(group, 'init', 'make its tables and views')
    .option('--rebuild', 'make all tables anew, empty')
    .action(init);
  command(group, 'load', 'load what is new in the lake')
    .description(
      'Loads the files of the lake that are not in the warehouse yet, all or nothing. Harmless to repeat.',
    )
    .option(
      '--holidays <file>',
      'CSV of holidays for dim_date: 2026-04-03,Good Friday or 12-25,Christmas Day',
    )
    .option('--json', 'as JSON')
    .action(load);
  command(group, 'verify', 'hold event store, lake and warehouse against each other')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 when they differ.')
    .action(verify);
  command(group, 'query', 'run a query')
    .argument('<sql>', 'e.g. "select * from category_revenue"')
    .option('--json', 'as JSON')
    .option('--output <file>', 'write the result to a .csv, .parquet or .json file')
    .action(query);
  command(group, 'export', 'write the star schema and every view to Parquet files')
    .requiredOption('--parquet <folder>', 'a file for each; made where it is missing')
    .option('--json', 'as JSON')
    .action(exportTables);
  return group;
}

function command(group: Command, name: string, summary: string): Command {
  return group
    .command(name)
    .summary(summary)
    .description(summary)
    .option('--target <name>', 'duckdb or snowflake; default: snowflake where SNOWFLAKE_ACCOUNT is set');
}

async function configured(): Promise<Config> {
  const [{ loadConfig }, { readDotenv }] = await Promise.all([
    import('../runtime/config.js'),
    import('../runtime/environment.js'),
  ]);
  readDotenv();
  return loadConfig(process.env);
}

async function openTarget(
  { dataDir, snowflake }: Config,
  name: string | undefined,
  lakeRoot = '',
): Promise<WarehouseTarget> {
  if (name !== undefined && !TARGETS.includes(name))
    throw new CliError(`--target ${name}: give ${TARGETS.join(' or ')}.`, ExitCode.usage);
  if ((name ?? (snowflake ? 'snowflake' : 'duckdb')) === 'duckdb') {
    const { duckDbTarget } = await import('../warehouse/duckdb/duckdb-target.js');
    return duckDbTarget({ folder: dataDir });
  }
  if (!snowflake)
    throw new CliError(
      'There is no Snowflake: give SNOWFLAKE_ACCOUNT and what goes with it.',
      ExitCode.usage,
    );
  const { snowflakeTarget } = await import('../warehouse/snowflake/snowflake-target.js');
  const onWarning = (warning: string) => void process.stderr.write(`${warning}\n`);
  return snowflakeTarget({ snowflake, lakeRoot, folder: dataDir, onWarning });
}

/** The lake, as the loader and `verify` read it. */
async function withLakeFiles<T>(
  { lake: options, dataDir }: Config,
  work: (files: import('../warehouse/load/lake-files').LakeFiles, lake: Lake) => Promise<T>,
): Promise<T> {
  const [{ openLake }, { localFiles }, { tableFiles }] = await Promise.all([
    import('../export/lake.js'),
    import('../warehouse/load/local-files.js'),
    import('../warehouse/load/table-files.js'),
  ]);
  const lake = await openLake(options);
  try {
    const localPath = await localFiles(lake.store, { folder: join(dataDir, CACHE_FOLDER) });
    return await work(tableFiles(lake, localPath), lake);
  } finally {
    await lake.close();
  }
}

async function init({ target: name, rebuild = false }: Options & { rebuild?: boolean }): Promise<void> {
  const config = await configured();
  await withLakeFiles(config, async (_, lake) => {
    const target = await openTarget(config, name, lake.store.root);
    await target.init({ rebuild });
    process.stdout.write(`The warehouse is there: ${target.description}\n`);
  });
}

async function load({ target: name, holidays, json }: Options & { holidays?: string }): Promise<void> {
  const config = await configured();
  const daysOff = holidays === undefined ? [] : readHolidays(holidays);
  await withLakeFiles(config, async (files, lake) => {
    const target = await openTarget(config, name, lake.store.root);
    const bar = createProgress({ label: 'loading', unit: 'files' });
    const startedAt = Date.now();
    const result = await target.load(files, {
      holidays: daysOff,
      onProgress: ({ step, name: what, filesRead, filesTotal }) =>
        bar.update(filesRead, `${step} ${what}`, filesTotal),
    });
    const seconds = (Date.now() - startedAt) / 1000;
    bar.done(summaryOf(result, seconds));
    if (json) printJson({ ...result, seconds });
    else printTable(Object.entries(result.written).map(([table, rows]) => ({ table, rows })));
  });
}

const summaryOf = ({ files, rows }: LoadResult, seconds: number): string =>
  files === 0
    ? 'nothing new in the lake'
    : `loaded ${files.toLocaleString('en')} files with ${rows.toLocaleString('en')} rows in ${seconds.toFixed(1)} s`;

async function verify({ target: name, json }: Options): Promise<void> {
  await withRuntime('warehouse verify', ({ config, store }, signal) =>
    withLakeFiles(config, async (files, lake) => {
      const target = await openTarget(config, name, lake.store.root);
      const result = await target.verify(files, store, { signal });
      if (json) printJson(result);
      else printVerified(result);
      if (!result.equal) process.exitCode = ExitCode.failed;
    }),
  );
}

function printVerified({ equal, through, datasets, differences }: VerifyResult): void {
  printTable(datasets.map((counts) => ({ ...counts })));
  process.stdout.write(`\nCompared up to position ${through}: ${equal ? 'all equal' : 'DIFFERENT'}.\n`);
  const shown = (tally: unknown): string =>
    JSON.stringify(tally, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? '-';
  if (!equal) {
    printTable(
      differences.map(({ dataset, day, store, lake, warehouse, firstPosition }) => ({
        dataset,
        day,
        firstPosition,
        store: shown(store),
        lake: shown(lake),
        warehouse: shown(warehouse),
      })),
    );
  }
}

async function query(
  sql: string,
  { target: name, json, output }: Options & { output?: string },
): Promise<void> {
  const target = await openTarget(await configured(), name);
  if (output !== undefined) {
    const format = FORMATS[extname(output).toLowerCase()];
    if (!format)
      throw new CliError(`--output ${output}: give a .csv, .parquet or .json file.`, ExitCode.usage);
    if (!target.writeQuery)
      throw new CliError('--output is not possible with Snowflake; take --json.', ExitCode.usage);
    const rows = await target.writeQuery(sql, { path: output, format });
    process.stdout.write(`${rows.toLocaleString('en')} rows written to ${output}\n`);
    return;
  }
  await target.query(sql, json ? printRowsAsJson : printRowsAsTable);
}

async function exportTables({ target: name, parquet, json }: Options & { parquet: string }): Promise<void> {
  const target = await openTarget(await configured(), name ?? 'duckdb');
  if (!target.writeTables) throw new CliError('Only the DuckDB warehouse can be exported.', ExitCode.usage);
  const written = await target.writeTables(parquet);
  if (json) printJson(written);
  else printTable(Object.entries(written).map(([table, rows]) => ({ table, rows })));
}

/** Row by row, so that any number of them can be printed. */
async function printRowsAsJson({ columns, rows }: QueryAnswer): Promise<void> {
  let separator = '[\n';
  for await (const row of rows) {
    const object = Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
    process.stdout.write(`${separator}  ${JSON.stringify(object)}`);
    separator = ',\n';
  }
  process.stdout.write(separator === '[\n' ? '[]\n' : '\n]\n');
}

async function printRowsAsTable({ columns, rows }: QueryAnswer): Promise<void> {
  const shown: Record<string, Cell>[] = [];
  let more = false;
  for await (const row of rows) {
    more = shown.length === SHOWN_ROWS;
    if (more) break;
    shown.push(Object.fromEntries(columns.map(({ name }, index) => [name, cellOf(row[index])])));
  }
  if (shown.length === 0) process.stdout.write('No rows.\n');
  else printTable(shown);
  if (more) process.stdout.write(`... the first ${SHOWN_ROWS} rows; --json and --output have all.\n`);
}

const cellOf = (value: unknown): Cell =>
  value === null || typeof value !== 'object' ? (value as Cell) : JSON.stringify(value);

/** @throws CliError naming the line that is wrong */
function readHolidays(path: string): Holiday[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CliError(`--holidays ${path} cannot be read: ${(error as Error).message}`, ExitCode.usage);
  }
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [, day, name] = /^((?:\d{4}-)?\d{2}-\d{2}),(.+)$/.exec(line.trim()) ?? [];
    if (day === undefined || name === undefined)
      throw new CliError(
        `--holidays ${path}, line ${index + 1}: give 2026-04-03,Name or 12-25,Name.`,
        ExitCode.usage,
      );
    return [{ day, name: name.trim() }];
  });
}
