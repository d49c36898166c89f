import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  access,
  appendFile,
  constants,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../errors';
import { type Binaries, findBinaries } from './binaries';
import { explainFailure, otherVersion } from './explain';
import { isAlive } from './postmaster';
import { checkReachable, chooseRunAs, giveTo, makePrivate, type RunAs } from './run-as';

export const USER = 'tidemark';
export const DATABASE = 'tidemark';
/** In the folder of a cluster: the password of its user. */
const SECRET = 'secret.json';

/** One embedded PostgreSQL: a folder with its data, its log and the password of its user. */
export interface Cluster {
  folder: string;
  /** PostgreSQL's own data directory, without symbolic links in its path */
  data: string;
  log: string;
  password: string;
  binaries: Binaries;
  runAs: RunAs;
}

export interface OpenClusterOptions {
  /** absolute path */
  dataDir: string;
  /** an abort ends the making of a cluster, and leaves nothing of it */
  signal?: AbortSignal;
  /** called while the cluster is being made */
  meanwhile?: () => void;
}

/**
 * Opens the cluster in `<dataDir>/postgres`, and creates it where there is none: under another name, and
 * renamed at the end, so that it appears whole or not at all.
 * @throws StartupError when the folder cannot be used; the reason of `signal`
 */
export async function openCluster({ dataDir, ...options }: OpenClusterOptions): Promise<Cluster> {
  const isNew = await prepareDataDir(dataDir);
  const binaries = await findBinaries();
  const parent = await realpath(dataDir);
  const folder = join(parent, 'postgres');
  const runAs = await chooseRunAs(folder);
  // A folder that was there before, without a database of ours, may hold files of others.
  if (isNew || (await exists(join(folder, SECRET)))) await makePrivate(runAs, parent);
  await checkReachable(runAs, [parent, binaries.postgres]);
  if (!(await exists(folder))) await createCluster(folder, binaries, runAs, options);
  const data = join(folder, 'data');
  const version = await readVersion(folder, data);
  if (version !== String(binaries.majorVersion))
    throw new StartupError(`The database folder ${otherVersion(folder, version)}`);
  // The cluster was made by root in a user namespace, and this system has none.
  if (runAs.owner && (await stat(data)).uid !== runAs.owner.uid) await giveTo(runAs, folder);
  return {
    folder,
    data,
    log: join(folder, 'server.log'),
    password: await readPassword(folder),
    binaries,
    runAs,
  };
}

const EXPLAINED: Record<string, string> = {
  ENOSPC: 'its disk is full',
  EEXIST: 'it is no folder',
  ENOTDIR: 'it is no folder',
  ENOENT: 'it cannot be made there',
  EACCES: 'permission denied',
  EROFS: 'read-only file system',
};

/** @returns whether the folder was made now */
async function prepareDataDir(dataDir: string): Promise<boolean> {
  try {
    const made = await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK | constants.X_OK);
    return made !== undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const what = EXPLAINED[code ?? ''] ?? message;
    throw new StartupError(
      `The data folder ${dataDir} cannot be written (${what}). Make it writable, ` +
        'or choose another TIDEMARK_DATA_DIR.',
    );
  }
}

async function createCluster(
  folder: string,
  binaries: Binaries,
  runAs: RunAs,
  { signal, meanwhile }: Omit<OpenClusterOptions, 'dataDir'>,
): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const temporary = await makeTemporary(folder);
  try {
    const passwordFile = join(temporary, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(runAs, temporary);
    const made = initdb(binaries, runAs, join(temporary, 'data'), passwordFile, signal);
    meanwhile?.();
    await made;
    await rm(passwordFile);
    await appendFile(join(temporary, 'data/postgresql.conf'), "\ninclude 'tidemark.conf'\n");
    await writeFile(join(temporary, SECRET), `${JSON.stringify({ password })}\n`, { mode: 0o600 });
    await giveTo(runAs, temporary);
    await rename(temporary, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster. Its cluster is used.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure('The database could not be created', folder, (error as Error).message);
  } finally {
    // Programs that initdb has started may take a moment longer to end.
    await rm(temporary, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Makes a folder beside the cluster's, named after this process, and removes those of processes that are
 * gone.
 */
async function makeTemporary(folder: string): Promise<string> {
  try {
    const parent = dirname(folder);
    for (const name of await readdir(parent)) {
      const [, made, pid] = /^(.*)\.new-(\d+)-/.exec(name) ?? [];
      if (made === basename(folder) && !isAlive(Number(pid)))
        await rm(join(parent, name), { recursive: true, force: true }).catch(() => {});
    }
    return await mkdtemp(`${folder}.new-${process.pid}-`);
  } catch (error) {
    throw explainFailure('The database could not be created', folder, (error as Error).message);
  }
}

async function initdb(
  { initdb }: Binaries,
  runAs: RunAs,
  data: string,
  passwordFile: string,
  signal?: AbortSignal,
): Promise<void> {
  const [program = initdb, ...args] = [
    ...runAs.prefix,
    initdb,
    `--pgdata=${data}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
  ];
  // In a session of its own: Ctrl-C in the terminal must not reach it, `signal` ends it.
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: serverEnvironment(),
    ...runAs.owner,
  });
  const end = () => child.kill();
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close').finally(() => signal?.removeEventListener('abort', end));
  if (code !== 0) throw new Error(errors);
}

async function readVersion(folder: string, data: string): Promise<string> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    throw isDenied(error)
      ? belongsToAnother(folder)
      : new StartupError(
          `${folder} holds no usable PostgreSQL database (data/PG_VERSION is missing). ` +
            'Restore it from a backup, or choose another TIDEMARK_DATA_DIR.',
        );
  }
}

async function readPassword(folder: string): Promise<string> {
  const file = join(folder, SECRET);
  try {
    const { password } = JSON.parse(await readFile(file, 'utf8')) as { password?: unknown };
    if (typeof password !== 'string' || password === '') throw new Error('It holds no password');
    return password;
  } catch (error) {
    throw isDenied(error)
      ? belongsToAnother(file)
      : new StartupError(
          `${file}, the password of the embedded database, is missing or damaged. Restore it from a backup.`,
        );
  }
}

const isDenied = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EACCES';

const belongsToAnother = (path: string): StartupError =>
  new StartupError(
    `${path} belongs to another user. Run Tidemark as that user, or choose another TIDEMARK_DATA_DIR.`,
  );

/** Keeps the caller's environment from configuring the server (PGDATA, PGPORT, a locale ...). */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return { PATH, TMPDIR, LD_LIBRARY_PATH, LC_ALL: 'C' };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
