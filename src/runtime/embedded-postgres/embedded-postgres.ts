import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { StartupError } from '../errors';
import { type Cluster, DATABASE, openCluster, USER } from './cluster';
import { ensureServer, type LaunchOptions } from './launch';
import { ATTACHED, type LockOwner, lockOwner, START, tryLock, tryShare, unshare } from './locks';
import { isAlive, type Postmaster, stopPostmaster } from './postmaster';

export interface AttachOptions extends LaunchOptions {
  /** absolute path; the cluster is its subfolder `postgres` */
  dataDir: string;
  /** who is asking, as shown in pg_stat_activity and to a second exclusive user */
  applicationName: string;
  /** at most one process may attach so at a time; the others attach beside it */
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
 * Attaches to the embedded PostgreSQL of a data folder: creates and starts it when needed. There is no lock
 * file. Every attached process holds a shared advisory lock on a connection of its own; who leaves and can
 * then take that lock exclusively was the last one, and stops the server while nobody can attach. A process
 * that was killed leaves by losing its connection, and the server waits for the next one.
 * @throws StartupError, AlreadyRunningError; the reason of `signal`
 */
export async function attachEmbeddedPostgres(options: AttachOptions): Promise<AttachedPostgres> {
  const cluster = await openCluster(options);
  const attachment = new Attachment(cluster, options);
  await attachment.attach();
  return attachment;
}

class Attachment implements AttachedPostgres {
  private readonly cluster: Cluster;
  private readonly options: AttachOptions;
  private server: Postmaster | undefined;
  private client: Client | undefined;
  private reattaching: Promise<void> | undefined;
  private leaving = false;

  constructor(cluster: Cluster, options: AttachOptions) {
    this.cluster = cluster;
    this.options = options;
  }

  get folder(): string {
    return this.cluster.folder;
  }

  get url(): string {
    return this.urlOf(DATABASE);
  }

  /**
   * A server that was started for it does not stay where it fails.
   * @param port where the server has to be, because this process tells others so already
   */
  async attach(port?: number): Promise<void> {
    const started = new Set<number>();
    try {
      await this.tryAttach(started, port);
    } catch (error) {
      for (const pid of started) await stopPostmaster(pid, this.cluster.data).catch(() => {});
      throw error;
    }
  }

  private async tryAttach(startedPids: Set<number>, port?: number): Promise<void> {
    const giveUpAt = Date.now() + CONNECT_TIMEOUT_MS;
    while (!this.leaving) {
      this.options.signal?.throwIfAborted();
      const { server, started } = await ensureServer(this.cluster, {
        ...this.options,
        port: port ?? this.options.port,
      });
      if (started) startedPids.add(server.pid);
      if (port !== undefined && server.port !== port)
        throw new StartupError(`PostgreSQL came back on port ${server.port} instead of ${port}; start again`);
      this.server = server;
      const client = await this.connect(Date.now() > giveUpAt);
      if (!client) {
        await delay(RETRY_MS);
        continue;
      }
      // Not granted: the last one is leaving, and the server goes with it.
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
    if (this.leaving) return;
    this.leaving = true;
    await this.reattaching;
    const client = this.client;
    const server = this.server;
    if (!client || !server) return;
    // A connection that breaks has left by itself: the server is being stopped by another one, or it crashed.
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
   * Only one process at a time; one that was killed may take a moment to be noticed by the server.
   * @returns false when the connection broke meanwhile
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

  /**
   * undefined when the server is not ready for it (starting, stopping, full, or gone since), unless it was
   * the last try.
   */
  private async connect(last: boolean): Promise<Client | undefined> {
    try {
      return await this.open(DATABASE);
    } catch (error) {
      const code = error instanceof DatabaseError ? (error.code ?? '') : undefined;
      if (code === '3D000') {
        await this.createDatabase();
        return undefined;
      }
      if (code === '28P01')
        throw new StartupError(
          `The password in ${this.cluster.folder}/secret.json is not that of the database beside it. Restore it from a backup.`,
        );
      if (last || (code !== undefined && !/^(57P0|53300)/.test(code)))
        throw new StartupError(
          `PostgreSQL in ${this.cluster.folder} does not let Tidemark in: ${(error as Error).message}`,
        );
      return undefined;
    }
  }

  private async createDatabase(): Promise<void> {
    const client = await this.open('postgres');
    try {
      await client.query(`CREATE DATABASE ${DATABASE}`);
    } catch (error) {
      // Another process was faster, or is about to be.
      if (!(error instanceof DatabaseError && /^(42P04|23505|55006)$/.test(error.code ?? ''))) throw error;
    } finally {
      await client.end();
    }
  }

  private async open(database: string): Promise<Client> {
    const client = new Client({
      connectionString: this.urlOf(database),
      application_name: `${this.options.applicationName} (pid ${process.pid})`,
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      throw error;
    }
  }

  private async reattach(): Promise<void> {
    if (this.leaving) return;
    this.client = undefined;
    this.options.notice?.('The connection to PostgreSQL was lost; attaching again');
    try {
      await this.attach(this.server?.port);
    } catch (error) {
      this.options.onLost?.(error as Error);
    }
  }

  private urlOf(database: string): string {
    return `postgres://${USER}:${encodeURIComponent(this.cluster.password)}@127.0.0.1:${this.server?.port}/${database}`;
  }
}
