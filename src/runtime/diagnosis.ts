import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Config, readConfig } from './config';
import { openDatabase } from './database';
import { diagnoseDatabase } from './database-diagnosis';
import { findBinaries } from './embedded-postgres/binaries';
import { ConfigError } from './errors';
import { type Finding, failed, ok, warn } from './finding';
import { diagnoseLake } from './lake-diagnosis';
import { whereOneRuns } from './nothing-here';
import { findServer } from './server-file';
import type { Step } from './shutdown';
import { programVersion } from './version';
import { diagnoseWarehouse } from './warehouse-diagnosis';
import { diagnoseWorkers } from './workers-diagnosis';

const LOWEST_NODE = [20, 19] as const;
/** The write-ahead log alone may take 4 GB before it is recycled. */
const COMFORTABLE_BYTES = 6 * 1024 ** 3;
const NEEDED_BYTES = 256 * 1024 ** 2;

/**
 * Checks everything that Tidemark needs on this machine, and changes nothing. It starts an existing embedded
 * database for a moment, and writes objects to the lake that it removes again.
 */
export async function diagnose(undo: Step[] = []): Promise<Finding[]> {
  const findings = [checkNode(process.versions.node)];
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...findings, ...error.problems.map((problem) => failed('configuration', problem))];
  }
  findings.push(
    ok('configuration', `roles ${config.roles.join(', ')}; http://${config.host}:${config.port}`),
  );
  findings.push(...(await checkServer(config)));
  if (config.databaseUrl === undefined)
    findings.push(await checkDataDir(config.dataDir), ...(await checkBinaries()));
  if (findings.some(({ status }) => status === 'fail')) return findings;
  return [...findings, ...(await checkDatabase(config, undo)), ...(await diagnoseWarehouse(config))];
}

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor >= LOWEST_NODE[1]);
  return enough
    ? ok('node', version)
    : failed('node', version, `Install Node ${LOWEST_NODE.join('.')} or later.`);
}

/** A server need not run here; where one runs nearby, this says so. */
async function checkServer(config: Config): Promise<Finding[]> {
  const check = 'server';
  const server = await findServer(config.dataDir);
  if (!server) return [ok(check, `none runs with this data folder.${await whereOneRuns(config)}`)];
  const detail = `${server.url}, pid ${server.pid}, version ${server.version}`;
  const found =
    server.version === programVersion()
      ? ok(check, detail)
      : warn(check, detail, `This is version ${programVersion()}. Stop that one, and start it again.`);
  return [found, ...(await diagnoseWorkers(server.url))];
}

async function checkDataDir(dataDir: string): Promise<Finding> {
  const check = 'data folder';
  let existing = dataDir;
  while (!(await stat(existing).catch(() => null)) && existing !== dirname(existing))
    existing = dirname(existing);
  try {
    await access(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const detail = `${dataDir}, ${Math.floor(free / 1024 ** 2).toLocaleString('en-US')} MB free`;
    if (free < NEEDED_BYTES) return failed(check, detail, 'Make room, or choose another TIDEMARK_DATA_DIR.');
    if (free < COMFORTABLE_BYTES) return warn(check, detail, 'A large import or replay wants 6 GB or more.');
    return ok(check, detail);
  } catch {
    return failed(
      check,
      `${existing} cannot be written`,
      'Make it writable, or choose another TIDEMARK_DATA_DIR.',
    );
  }
}

async function checkBinaries(): Promise<Finding[]> {
  try {
    const { majorVersion, postgres } = await findBinaries();
    return [ok('embedded PostgreSQL', `${majorVersion}, ${postgres}`)];
  } catch (error) {
    return [failed('embedded PostgreSQL', (error as Error).message)];
  }
}

async function checkDatabase(config: Config, undo: Step[]): Promise<Finding[]> {
  const created = await stat(join(config.dataDir, 'postgres')).catch(() => null);
  if (config.databaseUrl === undefined && !created)
    return [ok('database', 'none yet; `tidemark start` makes it'), ...(await diagnoseLake(config))];
  try {
    const opening = openDatabase(config, { applicationName: 'tidemark doctor' });
    undo.push(() => opening.then((database) => database.leave()).catch(() => {}));
    const database = await opening;
    try {
      return [ok('database', database.description), ...(await diagnoseDatabase(database.url, config))];
    } finally {
      await database.leave();
    }
  } catch (error) {
    return [failed('database', (error as Error).message)];
  }
}
