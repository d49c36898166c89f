import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Pool } from 'pg';
import { hasMigrations } from '../postgres/migrate';
import { type Config, DEFAULT_DATA_DIR } from './config';
import { readEnvFile } from './env-file';
import { NothingHereError } from './errors';
import { findServer, type RunningServer } from './server-file';

/** A server and the data folder that it runs with. */
export interface ServerElsewhere extends RunningServer {
  dataDir: string;
}

/**
 * A server that a person may have meant: it runs with this data folder, or one that a folder above would use.
 */
export async function findServerNearby(
  dataDir: string,
  folder = process.cwd(),
): Promise<ServerElsewhere | undefined> {
  const candidates = new Set([dataDir]);
  for (let at = folder; ; at = dirname(at)) {
    candidates.add(join(at, DEFAULT_DATA_DIR));
    const named = dataDirNamedIn(at);
    if (named) candidates.add(resolve(at, named));
    if (at === dirname(at)) break;
  }
  for (const candidate of candidates) {
    const server = await findServer(candidate);
    if (server) return { ...server, dataDir: candidate };
  }
  return undefined;
}

/**
 * TIDEMARK_DATA_DIR of the `.env` in a folder. A file that cannot be used is ignored: this is for a hint
 * only.
 */
function dataDirNamedIn(folder: string): string | undefined {
  try {
    return readEnvFile(folder).TIDEMARK_DATA_DIR?.trim();
  } catch {
    return undefined;
  }
}

/** Where a server runs, as the next sentence of a message; empty where none is known. */
export async function whereOneRuns({ dataDir }: Pick<Config, 'dataDir'>): Promise<string> {
  const server = await findServerNearby(dataDir);
  if (!server) return '';
  const { url, pid, database } = server;
  const runs = `${server.dataDir} (${url}, pid ${pid}, ${database})`;
  return server.dataDir === dataDir
    ? ` One runs with the data folder ${runs}: this command needs the same DATABASE_URL.`
    : ` One runs in ${runs}: run this where that one was started, ` +
        `or give TIDEMARK_DATA_DIR=${server.dataDir}.`;
}

/**
 * For commands that make no database, before anything is opened.
 * @throws NothingHereError when the embedded database was never made
 */
export async function mustHaveDatabase(config: Pick<Config, 'dataDir' | 'databaseUrl'>): Promise<void> {
  if (config.databaseUrl !== undefined || existsSync(join(config.dataDir, 'postgres'))) return;
  throw await nothingHere(config, `the data folder ${config.dataDir} has no database`);
}

/**
 * For commands that make no tables, once the database is open.
 * @throws NothingHereError when it has none of Tidemark's tables
 */
export async function mustHaveTables(
  config: Pick<Config, 'dataDir'>,
  pool: Pool,
  description: string,
): Promise<void> {
  if (await hasMigrations(pool)) return;
  throw await nothingHere(config, `${description} has none of its tables`);
}

/**
 * For commands that would make a database: refuses where a server runs nearby that was probably meant.
 * @param isNamed whether the data folder was named, so that no other one was meant
 * @throws NothingHereError that says where the server runs
 */
export async function mustNotMissServer(
  config: Pick<Config, 'dataDir' | 'databaseUrl'>,
  isNamed: boolean,
): Promise<void> {
  const { dataDir } = config;
  if (await (isNamed ? findServer(dataDir) : findServerNearby(dataDir))) await mustHaveDatabase(config);
}

/** @throws NothingHereError when there is no data folder at all */
export async function mustHaveFolder(config: Pick<Config, 'dataDir'>): Promise<void> {
  if (existsSync(config.dataDir)) return;
  throw await nothingHere(config, `there is no data folder ${config.dataDir}`);
}

async function nothingHere(config: Pick<Config, 'dataDir'>, what: string): Promise<NothingHereError> {
  const next =
    (await whereOneRuns(config)) ||
    ' `tidemark start` makes one here; TIDEMARK_DATA_DIR or DATABASE_URL names another.';
  return new NothingHereError(`No Tidemark here: ${what}.${next}`);
}
