import { statSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { CliError, ExitCode } from '../errors';
import { configured, openTarget, type WarehouseCommandOptions } from './open-target';
import { printRowsAsJson, printRowsAsTable } from './print-rows';

type Format = 'csv' | 'parquet' | 'json';

const FORMATS: Record<string, Format> = { '.csv': 'csv', '.parquet': 'parquet', '.json': 'json' };

/** `tidemark warehouse query` */
export async function query(
  sql: string,
  { target: name, json, output }: WarehouseCommandOptions & { output?: string },
): Promise<void> {
  const file = output === undefined ? undefined : { path: output, format: formatOf(output) };
  const target = await openTarget(await configured(), name);
  if (!file) return target.query(sql, json ? printRowsAsJson : printRowsAsTable);
  if (!target.writeQuery)
    throw new CliError('--output is not possible with Snowflake; take --json.', ExitCode.usage);
  const rows = await target.writeQuery(sql, file);
  process.stdout.write(`${rows.toLocaleString('en')} rows written to ${file.path}\n`);
}

/** @throws CliError when no such file can be written */
function formatOf(path: string): Format {
  const format = FORMATS[extname(path).toLowerCase()];
  if (!format) throw new CliError(`--output ${path}: give a .csv, .parquet or .json file.`, ExitCode.usage);
  if (!isFolder(dirname(path)))
    throw new CliError(`--output ${path}: there is no folder ${dirname(path)}.`, ExitCode.usage);
  if (isFolder(path)) throw new CliError(`--output ${path}: a folder stands there.`, ExitCode.usage);
  return format;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
