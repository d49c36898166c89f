import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { DATABASE } from '../../../src/runtime/embedded-postgres/connect';
import { USER } from '../../../src/runtime/embedded-postgres/create-cluster';
import { attachEmbeddedPostgres } from '../../../src/runtime/embedded-postgres/embedded-postgres';
import { findPostmaster } from '../../../src/runtime/embedded-postgres/postmaster';
import { databaseProcesses, killProcess } from './database-processes';

const PROGRAM = join(__dirname, '../../../dist/cli/main.js');

export interface Ended {
  /** null when a signal ended it */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** A run of the program that can be killed. */
export interface Run {
  process: ChildProcess;
  ended: Promise<Ended>;
  /** of `start`: resolves with the address when it serves */
  url: Promise<string>;
}

/** A data folder with an embedded database, and the processes on it, all of which end with it. */
export class Sandbox {
  private readonly running = new Set<ChildProcess>();

  private constructor(readonly folder: string) {}

  /** An empty database, or a copy of another sandbox's while nothing runs on that. */
  static async create(from?: Sandbox): Promise<Sandbox> {
    const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), 'tidemark-faults-')));
    if (from) await cp(from.dataDir, sandbox.dataDir, { recursive: true });
    else
      await (
        await attachEmbeddedPostgres({ dataDir: sandbox.dataDir, applicationName: 'fault specs' })
      ).leave();
    return sandbox;
  }

  get dataDir(): string {
    return join(this.folder, 'data');
  }

  /** Starts `tidemark <args>`. */
  start(...args: string[]): Run {
    const { PATH, HOME, TMPDIR } = process.env;
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: this.folder,
      env: { PATH, HOME, TMPDIR, TIDEMARK_DATA_DIR: this.dataDir, PORT: '0', REPORTING_CURRENCY: 'EUR' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.running.add(child);
    let stdout = '';
    let stderr = '';
    const url = new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk) => {
        stdout += chunk;
        const address = /"url":"([^"]+)"/.exec(stdout)?.[1];
        if (address) resolve(address);
      });
      child.once('close', () =>
        reject(new Error(`tidemark ${args.join(' ')} has ended:\n${stdout}${stderr}`)),
      );
    });
    url.catch(() => {});
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = once(child, 'close').then(() => {
      this.running.delete(child);
      return { exitCode: child.exitCode, stdout, stderr };
    });
    return { process: child, ended, url };
  }

  /** Runs `tidemark <args>` to its end and parses what it printed. @throws when it fails */
  async json<T>(...args: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.start(...args).ended;
    if (exitCode !== 0)
      throw new Error(`tidemark ${args.join(' ')} ended with ${exitCode}:\n${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /**
   * Waits until a query of one number gives at least `value`, or the run has ended. A query that fails (the
   * database is starting, the table is missing) is asked again.
   */
  async until(run: Run, query: string, value: number): Promise<void> {
    let ended = false;
    void run.ended.then(() => {
      ended = true;
    });
    let client: Client | undefined;
    while (!ended) {
      client ??= await this.connect().catch(() => undefined);
      const answer = await client?.query(query).catch(() => undefined);
      const found = Object.values((answer?.rows[0] ?? {}) as Record<string, unknown>)[0];
      if (Number(found ?? 0) >= value) break;
      await delay(2);
    }
    await client?.end().catch(() => {});
  }

  /** A connection that neither starts the database nor keeps it running. */
  private async connect(): Promise<Client> {
    const server = await findPostmaster(join(this.dataDir, 'postgres/data'));
    const { password } = JSON.parse(await readFile(join(this.dataDir, 'postgres/secret.json'), 'utf8')) as {
      password: string;
    };
    const client = new Client({
      host: '127.0.0.1',
      port: server?.port,
      user: USER,
      database: DATABASE,
      password,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** kill -9 of a run and, where asked for, of every process of the database. */
  async kill(run: Run, { database }: { database: boolean }): Promise<void> {
    const server = database ? await databaseProcesses(this.dataDir) : [];
    run.process.kill('SIGKILL');
    for (const pid of server) killProcess(pid);
    await run.ended;
  }

  /** Ends everything and removes the folder. */
  async remove(): Promise<void> {
    for (const child of this.running) child.kill('SIGKILL');
    for (const pid of await databaseProcesses(this.dataDir)) killProcess(pid);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
