import { access, constants, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError } from '../errors';
import { type Binaries, findBinaries } from './binaries';
import { createCluster, type Making, SECRET } from './create-cluster';
import { otherVersion } from './explain';
import { checkReachable, chooseRunAs, giveTo, makePrivate, type RunAs } from './run-as';

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

export interface OpenClusterOptions extends Making {
  /** absolute path */
  dataDir: string;
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

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}
