import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries';
import { explainFailure } from './explain';
import { isAlive } from './postmaster';
import { giveTo, type RunAs, serverEnvironment } from './run-as';

export const USER = 'tidemark';
/** In the folder of a cluster: the password of its user. */
export const SECRET = 'secret.json';

export interface Making {
  /** an abort ends the making of a cluster, and leaves nothing of it */
  signal?: AbortSignal;
  /** called while the cluster is being made */
  meanwhile?: () => void;
}

/**
 * Makes the cluster in `folder`: under another name, and renamed at the end, so that it appears whole or not
 * at all.
 * @throws StartupError when it cannot be made; the reason of `signal`
 */
export async function createCluster(
  folder: string,
  binaries: Binaries,
  runAs: RunAs,
  { signal, meanwhile }: Making,
): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  const temporary = await makeTemporary(folder);
  try {
    const passwordFile = join(temporary, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    await giveTo(runAs, temporary);
    const files = { data: join(temporary, 'data'), passwordFile };
    const made = initdb(binaries, runAs, files, signal);
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
  { data, passwordFile }: { data: string; passwordFile: string },
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
