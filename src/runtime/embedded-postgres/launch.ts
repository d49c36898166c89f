import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster';
import { explainFailure, readTail } from './explain';
import { findPostmaster, type Postmaster, readPidFile } from './postmaster';
import { giveTo, serverEnvironment } from './run-as';
import { type ServerSettings, writeSettings } from './settings';

export interface LaunchOptions {
  /** TCP port to use if it is free; otherwise, and by default, any free one */
  port?: number;
  settings?: ServerSettings;
  /** told what it is waiting for, when that takes long */
  notice?: (message: string) => void;
  /** an abort ends the waiting, and stops the server that is being started */
  signal?: AbortSignal;
  /** called once PostgreSQL's own programs are at work: a good moment for work in this process */
  meanwhile?: () => void;
}

const POLL_MS = 10;
const NOTICE_AFTER_MS = 3_000;
/** How long another server that won the race may take to write its pid file. */
const RACE_TIMEOUT_MS = 10_000;
/**
 * How long the processes of a killed server may take to end. A server whose pid file is gone notices within a
 * minute.
 */
const LEFTOVERS_TIMEOUT_MS = 75_000;
const EMPTY_PID_FILE_AFTER_MS = 5_000;
const LOG_LIMIT_BYTES = 1_048_576;
const MOST_PORTS_TRIED = 5;

export interface Ensured {
  server: Postmaster;
  /** whether this call has started it */
  started: boolean;
}

/**
 * The server of the cluster, which it starts unless it runs. PostgreSQL itself allows only one: a call that
 * loses the race returns the winner's.
 * @throws StartupError when it cannot be started
 */
export async function ensureServer(cluster: Cluster, options: LaunchOptions = {}): Promise<Ensured> {
  const began = Date.now();
  let noticed = false;
  let started = false;
  for (let attempt = 0; ; ) {
    const { running, stalePid } = await readPidFile(cluster.data);
    if (running?.status === 'ready') return { server: running, started };
    options.signal?.throwIfAborted();
    if (running) {
      if (!noticed && Date.now() - began > NOTICE_AFTER_MS) {
        noticed = true;
        options.notice?.(`PostgreSQL in ${cluster.folder} is ${running.status}; waiting for it`);
      }
      await delay(POLL_MS);
      continue;
    }
    const port = attempt === 0 ? options.port : undefined;
    const output = await launch(cluster, { ...options, port }, stalePid).catch((error: Error) => {
      options.signal?.throwIfAborted();
      return error.message;
    });
    if (output === undefined) {
      started = true;
      continue;
    }
    if (/lock file "postmaster.pid" already exists/.test(output) && Date.now() - began < RACE_TIMEOUT_MS) {
      await delay(POLL_MS);
      continue;
    }
    if (/lock file "postmaster.pid" is empty/.test(output)) {
      removeAbandonedPidFile(cluster.data);
      await delay(POLL_MS);
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

/** PostgreSQL fills its pid file at once. One that stays empty was left by a power cut or a full disk. */
function removeAbandonedPidFile(data: string): void {
  const file = join(data, 'postmaster.pid');
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.size === 0 && Date.now() - found.mtimeMs > EMPTY_PID_FILE_AFTER_MS)
    rmSync(file, { force: true });
}

/**
 * Starts the server in a session of its own, so that it outlives this process.
 * @returns undefined once it is ready; its output when it ended early
 */
async function launch(
  cluster: Cluster,
  { port, settings, notice, signal, meanwhile }: LaunchOptions,
  stalePid: number | undefined,
): Promise<string | undefined> {
  await writeSettings(cluster, settings);
  const log = await openLog(cluster.log);
  const { size: logFrom } = await log.stat();
  await giveTo(cluster.runAs, cluster.log);
  const [program = '', ...args] = [
    ...cluster.runAs.prefix,
    cluster.binaries.postgres,
    '-D',
    cluster.data,
    '-p',
    String(port ?? (await freePort())),
  ];
  // PostgreSQL does not start while the process of its pid file is alive, and that may be another program by
  // now. It ignores the process that it is told is its grandparent. This must be the pid that was read
  // before: a server that has started since would lose its pid file.
  const env = stalePid ? { PG_GRANDPARENT_PID: String(stalePid) } : {};
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...serverEnvironment(), ...env },
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
      if (signal?.aborted) {
        child.kill('SIGINT');
        if (ended === undefined) await once(child, 'exit');
        throw signal.reason;
      }
      if (noticed || Date.now() - began < NOTICE_AFTER_MS) continue;
      noticed = true;
      notice?.('PostgreSQL is recovering from an unclean end; this may take a minute');
    }
    return ended || (await readTail(log, logFrom));
  } finally {
    child.removeAllListeners();
    child.unref();
    await log.close();
  }
}

/**
 * Opens the log for appending and reading. Renames a long one first, over the one that was renamed before.
 */
async function openLog(path: string): Promise<FileHandle> {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  // It fails where another process has just renamed it.
  if (size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`).catch(() => {});
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
  return open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
