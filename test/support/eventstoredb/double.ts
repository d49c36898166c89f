import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../self-signed';
import { TcpProxy } from '../tcp-proxy';
import { type Census, type Command, type Faults, NO_FAULTS, type Report } from './faults';
import type { Security } from './security';

const SCRIPT = [join(__dirname, '../run-typescript.js'), join(__dirname, 'serve.ts')];

/**
 * A stand-in for an EventStoreDB: its protocol over gRPC, in a process of its own with its log in a file,
 * behind a proxy that can cut connections. What it cannot show is what only a real server has: disks,
 * elections, clocks.
 */
export class EventStoreDbDouble {
  private constructor(
    private readonly folder: string,
    private readonly proxy: TcpProxy,
    private child: ChildProcess,
    private readonly security: Security | undefined,
  ) {}

  /** @param user who alone may use it, over TLS; default: everybody, without */
  static async start(
    faults: Partial<Faults> = {},
    user?: { user: string; password: string },
  ): Promise<EventStoreDbDouble> {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-esdb-'));
    const security = user && { ...user, ...selfSigned() };
    if (security) await writeFile(join(folder, 'ca.pem'), security.cert);
    const { child, port } = await spawnServer(join(folder, 'log'), security);
    const double = new EventStoreDbDouble(folder, await TcpProxy.open('127.0.0.1', port), child, security);
    await double.adopt();
    await double.set(faults);
    return double;
  }

  get url(): string {
    return `esdb://${this.address}?${this.security ? `tls=true&tlsCaFile=${this.caFile}` : 'tls=false'}`;
  }

  /** of the user who may use it, beside `url` for those who may not */
  get userUrl(): string {
    const { user = '', password = '' } = this.security ?? {};
    return this.url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
  }

  /** certificates are made for names */
  get address(): string {
    return `${this.security ? 'localhost' : '127.0.0.1'}:${this.proxy.port}`;
  }

  /** the authority of its certificate; only of a double with a user */
  get caFile(): string {
    return join(this.folder, 'ca.pem');
  }

  /** As one node of a cluster, which is found by asking it. */
  get discoverUrl(): string {
    return this.url.replace('esdb:', 'esdb+discover:');
  }

  async set(faults: Partial<Faults>): Promise<void> {
    await this.ask({ set: faults });
  }

  /** Takes all faults back. */
  async heal(): Promise<void> {
    await this.set(structuredClone(NO_FAULTS));
  }

  async census(): Promise<Census> {
    const answer = await this.ask({ census: true });
    if (!('census' in answer)) throw new Error('The double gave no census');
    return answer.census;
  }

  /** Puts events of another program behind what there is; a million of them are no burden. */
  async addStrangers(count: number): Promise<void> {
    await this.ask({ strangers: count });
  }

  cut(): void {
    this.proxy.cut();
  }

  /** Refuses everybody until the returned function is called. */
  async outage(): Promise<() => Promise<void>> {
    await this.proxy.refuse();
    return () => this.proxy.listen();
  }

  /** Stops the process without its noticing; connections stay. */
  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** kill -9 */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /**
   * Starts it again on its log, or on the first `records` of it, as from an older backup; 0: an empty one.
   */
  async restart({ records }: { records?: number } = {}): Promise<void> {
    await this.kill();
    const log = join(this.folder, 'log');
    if (records === 0) await rm(log);
    else if (records !== undefined)
      await writeFile(log, (await readFile(log, 'utf8')).split('\n').slice(0, records).join('\n'));
    const { child, port } = await spawnServer(log, this.security);
    this.child = child;
    this.proxy.retarget(port);
    await this.adopt();
  }

  async stop(): Promise<void> {
    await this.kill();
    await this.proxy.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async adopt(): Promise<void> {
    this.child.on('message', (report: Report) => {
      if ('cut' in report) this.cut();
    });
    await this.ask({ port: this.proxy.port });
  }

  private async ask(command: Command): Promise<Report> {
    const answer = new Promise<Report>((resolve) => {
      const listen = (report: Report) => {
        if ('cut' in report) return;
        this.child.off('message', listen);
        resolve(report);
      };
      this.child.on('message', listen);
    });
    this.child.send(command);
    return answer;
  }
}

async function spawnServer(
  file: string,
  security: Security | undefined,
): Promise<{ child: ChildProcess; port: number }> {
  const secrets = security ? ['0', JSON.stringify(security)] : [];
  const child = spawn(process.execPath, [...SCRIPT, file, ...secrets], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (report: Report) => resolve((report as { listening: number }).listening));
    child.once('exit', (code) => reject(new Error(`The double ended with ${code}`)));
  });
  return { child, port };
}
