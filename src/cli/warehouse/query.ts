import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { Config } from '../../runtime/config';
import type { QueryFile } from '../../warehouse/target/query-answer';
import type { WarehouseTarget } from '../../warehouse/target/warehouse-target';
import { CliError, ExitCode } from '../errors';
import { describeFreshness, type Freshness, freshnessAtHand } from '../freshness';
import { openForReading, type WarehouseCommandOptions } from './open-target';
import { FORMATS, type Format, printerOf } from './print-rows';
import { readSql } from './read-sql';

interface QueryOptions extends WarehouseCommandOptions {
  file?: string;
  format?: string;
  output?: string;
  spreadsheetSafe?: boolean;
}

const FILE_FORMATS: Record<string, QueryFile['format']> = {
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.json': 'json',
};

/** `tidemark warehouse query` */
export async function query(argument: string | undefined, options: QueryOptions): Promise<void> {
  const { target: name, output, spreadsheetSafe = false } = options;
  const format = formatOf(options);
  const file = output === undefined ? undefined : { path: output, format: fileFormatOf(output) };
  if (spreadsheetSafe && (file?.format ?? format) !== 'csv')
    throw new CliError(
      '--spreadsheet-safe is for CSV: take --format csv or --output FILE.csv.',
      ExitCode.usage,
    );
  const sql = await readSql(argument, options.file);
  const { config, target } = await openForReading(name);
  const run = file
    ? writerOf(target, { ...file, spreadsheetSafe })
    : printer(target, format, spreadsheetSafe);
  let asked: Promise<Freshness | undefined> | undefined;
  await run(sql, (through) => {
    asked = freshnessFor(config, through).catch(() => undefined);
  });
  process.stderr.write(`${describeFreshness(await asked)}\n`);
}

/** Up to where the warehouse has the log; undefined where the tables are somebody else's. */
type Through = Promise<string | null | undefined>;

/** @param onThrough gets what the warehouse is asked beside the query */
type Run = (sql: string, onThrough: (through: Through) => void) => Promise<void>;

async function freshnessFor(config: Config, through: Through): Promise<Freshness | undefined> {
  const position = await through;
  return position === undefined ? undefined : freshnessAtHand(config, position);
}

function printer(target: WarehouseTarget, format: Format, safe: boolean): Run {
  const print = printerOf(format, safe);
  return (sql, onThrough) =>
    target.query(sql, (answer) => {
      onThrough(answer.through());
      return print(answer);
    });
}

/** @throws CliError where the target writes no files */
function writerOf(target: WarehouseTarget, file: QueryFile): Run {
  const write = target.writeQuery?.bind(target);
  if (!write)
    throw new CliError('--output is not possible with Snowflake; take --format csv > FILE.', ExitCode.usage);
  return async (sql, onThrough) => {
    onThrough(target.through());
    const rows = await write(sql, file);
    process.stdout.write(`${rows.toLocaleString('en')} rows written to ${file.path}\n`);
  };
}

/** @throws CliError for an unknown format, or for two */
function formatOf({ format, json, output }: QueryOptions): Format {
  if (format !== undefined && (json || output !== undefined))
    throw new CliError(
      `Give either --format or ${json ? '--json' : '--output, whose ending says the format'}, not both.`,
      ExitCode.usage,
    );
  const wanted = json ? 'json' : (format ?? 'table');
  const known = FORMATS.find((each) => each === wanted);
  if (!known) throw new CliError(`--format ${wanted}: give ${FORMATS.join(', ')}.`, ExitCode.usage);
  return known;
}

/** @throws CliError when no such file can be written */
function fileFormatOf(path: string): QueryFile['format'] {
  const format = FILE_FORMATS[extname(path).toLowerCase()];
  if (!format) throw new CliError(`--output ${path}: give a .csv, .parquet or .json file.`, ExitCode.usage);
  if (!isFolder(dirname(path)))
    throw new CliError(`--output ${path}: there is no folder ${dirname(path)}.`, ExitCode.usage);
  if (isFolder(path)) throw new CliError(`--output ${path}: a folder stands there.`, ExitCode.usage);
  return format;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
