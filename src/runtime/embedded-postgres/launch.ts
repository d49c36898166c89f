import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, serverEnvironment } from './cluster';
import { explainFailure, fileSize, readTail } from './explain';
import { findPostmaster, type Postmaster, recordedPid } from './postmaster';
import { giveTo } from './run-as';
import { type ServerSettings, writeSettings } from './settings';

export interface LaunchOptions {
  /** TCP port to use if it is free; otherwise, and by default, any free one */
  port?: number;
  settings?: ServerSettings;
  /** told what is going on when it takes long */
  notice?: (message: string) => void;
  /** called once PostgreSQL's own programs are at work: the moment to do what takes a while here */
  meanwhile?: () => void;
}

const POLL_MS = 10;
const NOTICE_AFTER_MS = 3_000;
/** How long the processes of a killed server may take to notice and go. */
const LEFTOVERS_TIMEOUT_MS = 15_000;
const EMPTY_PID_FILE_AFTER_MS = 5_000;
const LOG_LIMIT_BYTES = 1_048_576;
const MOST_PORTS_TRIED = 5;

/**
 * The server of the cluster, started unless it runs. PostgreSQL itself sees to it that there is only one: who loses the race
 * takes the winner's.
 * @throws StartupError when it cannot be started
 */
export async function ensureServer(cluster: Cluster, options: LaunchOptions = {}): Promise<Postmaster> {
  const began = Date.now();
  let noticed = false;
  for (let attempt = 0; ; ) {
    const postmaster = await findPostmaster(cluster.data);
    if (postmaster?.status === 'ready') return postmaster;
    if (postmaster) {
      if (!noticed && Date.now() - began > NOTICE_AFTER_MS) {
        noticed = true;
        options.notice?.(`PostgreSQL in ${cluster.folder} is ${postmaster.status}; waiting for it`);
      }
      await delay(POLL_MS);
      continue;
    }
    const output = await launch(cluster, attempt === 0 ? options : { ...options, port: undefined }).catch(
      (error: Error) => error.message,
    );
    if (output === undefined || /lock file "postmaster.pid" already exists/.test(output)) continue;
    if (/lock file "postmaster.pid" is empty/.test(output)) {
      await removeAbandonedPidFile(cluster.data);
      continue;
    }
    if (/could not create any TCP\/IP sockets/.test(output) && ++attempt < MOST_PORTS_TRIED) continue;
    if (/pre-existing shared memory block/.test(output) && Date.now() - began < LEFTOVERS_TIMEOUT_MS) {
      await delay(100);
      continue;
    }
    throw explainFailure('PostgreSQL did not start', cluster.folder, output);
  }
}

/** PostgreSQL fills the file in the moment it makes it; one that stays empty was left by a power cut or a full disk. */
async function removeAbandonedPidFile(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const found = await stat(file).catch(() => undefined);
  if (found?.size === 0 && Date.now() - found.mtimeMs > EMPTY_PID_FILE_AFTER_MS)
    await rm(file, { force: true });
  else await delay(POLL_MS);
}

/** Starts the server in a session of its own, so that it outlives this process. Returns its output when it ended early. */
async function launch(
  cluster: Cluster,
  { port, settings, notice, meanwhile }: LaunchOptions,
): Promise<string | undefined> {
  await writeSettings(cluster, settings);
  const logFrom = await rotateLog(cluster.log);
  const log = await open(cluster.log, 'a', 0o600);
  await giveTo(cluster.runAs, cluster.log);
  // A process id in a stale pid file may belong to another program by now; PostgreSQL skips the one that it is told is its
  // grandparent's, and checks by the shared memory that no server of this folder is alive.
  const stale = await recordedPid(cluster.data);
  const [program = '', ...args] = [
    ...cluster.runAs.prefix,
    cluster.binaries.postgres,
    '-D',
    cluster.data,
    '-p',
    String(port ?? (await freePort())),
  ];
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...serverEnvironment(), ...(stale ? { PG_GRANDPARENT_PID: String(stale) } : {}) },
    ...cluster.runAs.owner,
  });
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', () => {
    ended ??= '';
  });
  try {
    await once(child, 'spawn').catch(() => {});
    meanwhile?.();
    const began = Date.now();
    for (let noticed = false; ended === undefined; await delay(POLL_MS)) {
      const postmaster = await findPostmaster(cluster.data);
      if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return undefined;
      if (noticed || Date.now() - began < NOTICE_AFTER_MS) continue;
      noticed = true;
      notice?.('PostgreSQL is recovering from an unclean end; this may take a minute');
    }
    return ended || (await readTail(cluster.log, logFrom));
  } finally {
    child.removeAllListeners();
    child.unref();
    await log.close();
  }
}

/** Keeps one earlier log. Returns where the new part begins. */
async function rotateLog(log: string): Promise<number> {
  const size = await fileSize(log);
  if (size < LOG_LIMIT_BYTES) return size;
  await rename(log, `${log}.1`);
  return 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
