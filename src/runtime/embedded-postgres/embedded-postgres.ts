import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { StartupError } from '../errors';
import { type Cluster, openCluster } from './cluster';
import { connect, type ServerAddress, urlOf } from './connect';
import { ensureServer, type LaunchOptions } from './launch';
import { ATTACHED, type LockOwner, lockOwner, START, tryLock, tryShare, unshare } from './locks';
import { isAlive, type Postmaster, stopPostmaster } from './postmaster';

export interface AttachOptions extends LaunchOptions {
  /** absolute path; the cluster is its subfolder `postgres` */
  dataDir: string;
  /** name of the asking program, for pg_stat_activity and for the refusal of a second exclusive one */
  applicationName: string;
  /** at most one process may attach exclusively at a time; others may attach beside it */
  exclusive?: boolean;
  /** called when the server was lost and could not be brought back on the same port */
  onLost?: (error: Error) => void;
}

export interface AttachedPostgres {
  /** of database `tidemark`, whose owner is a superuser; holds the password */
  url: string;
  folder: string;
  /** Leaves the server; the last process that does stops it, and then this waits for its end. */
  leave(): Promise<void>;
}

/** Another process holds the data folder for itself. */
export class AlreadyRunningError extends StartupError {
  override readonly name = 'AlreadyRunningError';
}

/** How long the server may take to notice that a killed owner is gone. */
const DEAD_OWNER_TIMEOUT_MS = 5_000;
/** How long a server that says it is ready may refuse connections. */
const CONNECT_TIMEOUT_MS = 30_000;
const RETRY_MS = 10;

/**
 * Attaches to the embedded PostgreSQL of a data folder, which it creates and starts when needed. There is no
 * lock file. Every attached process holds a shared advisory lock on a connection of its own. A process that
 * leaves and can then take that lock exclusively was the last one: it stops the server while nobody can
 * attach. A killed process leaves by losing its connection, and the server then runs on for the next one.
 * @throws StartupError, AlreadyRunningError; the reason of `signal`
 */
export async function attachEmbeddedPostgres(options: AttachOptions): Promise<AttachedPostgres> {
  const cluster = await openCluster(options);
  const attachment = new Attachment(cluster, options);
  await attachment.attach();
  return attachment;
}

class Attachment implements AttachedPostgres {
  private server: Postmaster | undefined;
  private client: Client | undefined;
  private reattaching: Promise<void> | undefined;
  private isLeaving = false;

  constructor(
    private readonly cluster: Cluster,
    private readonly options: AttachOptions,
  ) {}

  get folder(): string {
    return this.cluster.folder;
  }

  get url(): string {
    return urlOf(this.address);
  }

  /**
   * Where it fails, it stops the servers that it has started.
   * @param port where the server has to be, because others were told this port already
   */
  async attach(port?: number): Promise<void> {
    const started = new Set<number>();
    try {
      await this.tryUntilAttached(started, port);
    } catch (error) {
      for (const pid of started) await stopPostmaster(pid, this.cluster.data).catch(() => {});
      throw error;
    }
  }

  private async tryUntilAttached(startedPids: Set<number>, port?: number): Promise<void> {
    const giveUpAt = Date.now() + CONNECT_TIMEOUT_MS;
    while (!this.isLeaving) {
      this.options.signal?.throwIfAborted();
      const { server, started } = await ensureServer(this.cluster, {
        ...this.options,
        port: port ?? this.options.port,
      });
      if (started) startedPids.add(server.pid);
      if (port !== undefined && server.port !== port)
        throw new StartupError(`PostgreSQL came back on port ${server.port} instead of ${port}; start again`);
      this.server = server;
      const client = await connect(this.address, this.options.applicationName, Date.now() > giveUpAt);
      if (!client) {
        await delay(RETRY_MS);
        continue;
      }
      // Not granted: the last process is leaving, and stops the server.
      if (!(await tryShare(client, ATTACHED).catch(() => false))) {
        await client.end().catch(() => {});
        await delay(RETRY_MS);
        continue;
      }
      this.client = client;
      if (this.options.exclusive && !(await this.claim(client))) continue;
      client.once('end', () => {
        this.reattaching = this.reattach();
      });
      return;
    }
  }

  async leave(): Promise<void> {
    if (this.isLeaving) return;
    this.isLeaving = true;
    await this.reattaching;
    const client = this.client;
    const server = this.server;
    if (!client || !server) return;
    // Where the connection breaks, nothing is left to do: another process stops the server, or it crashed.
    const isLast = await unshare(client, ATTACHED)
      .then(() => tryLock(client, ATTACHED))
      .catch(() => false);
    try {
      if (isLast) await stopPostmaster(server.pid, this.cluster.data);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /**
   * Takes the lock of the exclusive process. The server may need a moment to notice that a killed owner is
   * gone.
   * @returns false when the connection broke meanwhile
   * @throws AlreadyRunningError when another process has it
   */
  private async claim(client: Client): Promise<boolean> {
    const giveUpAt = Date.now() + DEAD_OWNER_TIMEOUT_MS;
    let owner: LockOwner | undefined;
    try {
      while (!(await tryLock(client, START))) {
        owner = await lockOwner(client, START);
        if (owner && (isAlive(owner.pid) || Date.now() > giveUpAt)) break;
        owner = undefined;
        await delay(RETRY_MS);
      }
    } catch {
      await client.end().catch(() => {});
      return false;
    }
    if (!owner) return true;
    await this.leave();
    throw new AlreadyRunningError(
      `another \`${owner.name}\` (pid ${owner.pid}) is already using ${this.cluster.folder}. ` +
        'Stop it first, or give this one its own TIDEMARK_DATA_DIR.',
    );
  }

  private async reattach(): Promise<void> {
    if (this.isLeaving) return;
    this.client = undefined;
    this.options.notice?.('The connection to PostgreSQL was lost; attaching again');
    try {
      await this.attach(this.server?.port);
    } catch (error) {
      this.options.onLost?.(error as Error);
    }
  }

  private get address(): ServerAddress {
    const { folder, password } = this.cluster;
    return { folder, password, port: this.server?.port };
  }
}
