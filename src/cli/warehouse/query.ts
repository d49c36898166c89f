import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { QueryFile } from '../../warehouse/target/query-answer';
import type { WarehouseTarget } from '../../warehouse/target/warehouse-target';
import { CliError, ExitCode } from '../errors';
import { describeFreshness, freshnessAtHand } from '../freshness';
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
  // Asked beside the query; a warehouse of others has no such table.
  const asked = target.through().then((through) => freshnessAtHand(config, through));
  asked.catch(() => {});
  await run(sql);
  process.stderr.write(`${describeFreshness(await asked.catch(() => undefined))}\n`);
}

type Run = (sql: string) => Promise<void>;

const printer =
  (target: WarehouseTarget, format: Format, safe: boolean): Run =>
  (sql) =>
    target.query(sql, printerOf(format, safe));

/** @throws CliError where the target writes no files */
function writerOf(target: WarehouseTarget, file: QueryFile): Run {
  const write = target.writeQuery?.bind(target);
  if (!write)
    throw new CliError('--output is not possible with Snowflake; take --format csv > FILE.', ExitCode.usage);
  return async (sql) => {
    const rows = await write(sql, file);
    process.stdout.write(`${rows.toLocaleString('en')} rows written to ${file.path}\n`);
  };
}

/** @throws CliError for another one, or for two of them */
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
