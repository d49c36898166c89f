import { join } from 'node:path';
import type { Lake } from '../../lake/open-lake';
import type { Config } from '../../runtime/config';
import type { Logger } from '../../runtime/logger';
import type { LakeFiles } from '../../warehouse/lake-files';
import type { WarehouseTarget } from '../../warehouse/target/warehouse-target';
import { CliError, ExitCode } from '../errors';
import { withLake } from '../with-lake';

const CACHE_FOLDER = 'warehouse-cache';
const TARGETS = ['duckdb', 'snowflake'];

export interface WarehouseCommandOptions {
  target?: string;
  json?: boolean;
}

/** The configuration, for commands that need no database. @throws ConfigError */
export async function configured(): Promise<Config> {
  const { readConfig } = await import('../../runtime/config.js');
  return readConfig();
}

/** Logs statements to stderr; on a terminal, where the progress bar is, at LOG_LEVEL=debug only. */
export async function statementLog({ logLevel }: Config): Promise<(entry: object, message: string) => void> {
  const { createLogger } = await import('../../runtime/logger.js');
  const logger: Logger = createLogger({ level: logLevel, fd: 2 });
  return (entry, message) => logger[process.stderr.isTTY ? 'debug' : 'info'](entry, message);
}

/**
 * The warehouse: DuckDB or Snowflake, by name or as configured.
 * @param lakeRoot of the lake that is loaded; not needed for queries
 * @throws CliError when there is no such target
 */
export async function openTarget(config: Config, name?: string, lakeRoot = ''): Promise<WarehouseTarget> {
  const { dataDir, lake, snowflake } = config;
  checkTargetName(name);
  const onWarning = (warning: string) => void process.stderr.write(`${warning}\n`);
  if ((name ?? (snowflake ? 'snowflake' : 'duckdb')) === 'duckdb') {
    const { duckDbTarget } = await import('../../warehouse/duckdb/duckdb-target.js');
    return duckDbTarget({ folder: dataDir, onWarning });
  }
  if (!snowflake)
    throw new CliError(
      'There is no Snowflake: give SNOWFLAKE_ACCOUNT and what goes with it.',
      ExitCode.usage,
    );
  const { snowflakeTarget } = await import('../../warehouse/snowflake/snowflake-target.js');
  const log = await statementLog(config);
  return snowflakeTarget({
    snowflake,
    lakeRoot,
    lakeEndpoint: lake.s3?.endpoint,
    folder: dataDir,
    onStatement: (done) => log(done, 'statement'),
    onWarning,
  });
}

/**
 * The warehouse, for commands that only read it.
 * @throws NothingHereError where there is no data folder that it could be in
 */
export async function openForReading(name?: string): Promise<{ config: Config; target: WarehouseTarget }> {
  const config = await configured();
  const target = await openTarget(config, name);
  if (target.isLocal) {
    const { mustHaveFolder } = await import('../../runtime/nothing-here.js');
    await mustHaveFolder(config);
  }
  return { config, target };
}

/** @throws CliError */
export function checkTargetName(name: string | undefined): void {
  if (name === undefined || TARGETS.includes(name)) return;
  throw new CliError(`--target ${name}: give ${TARGETS.join(' or ')}.`, ExitCode.usage);
}

/** Opens the lake as the loader and `verify` read it. @throws LakeError where nothing was exported yet */
export async function withLakeFiles<T>(
  config: Config,
  work: (files: LakeFiles, lake: Lake) => Promise<T>,
): Promise<T> {
  const [{ mustBeLake }, { localFiles }, { tableFiles }] = await Promise.all([
    import('../../lake/lake-identity.js'),
    import('../../warehouse/load/local-files.js'),
    import('../../warehouse/load/table-files.js'),
  ]);
  return withLake(config, async (lake) => {
    await mustBeLake(lake.store);
    const local = await localFiles(lake.store, { folder: join(config.dataDir, CACHE_FOLDER) });
    try {
      return await work(tableFiles(lake, local.localPath), lake);
    } finally {
      await local.close();
    }
  });
}
