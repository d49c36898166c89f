import { join } from 'node:path';
import { type Config, ROLES, type Role } from '../src/runtime/config';
import { openDatabase } from '../src/runtime/database';
import type { Child } from './child-process';
import { startOwnKafka } from './own-kafka';
import { levelForRoles, type RoleLine } from './role-log';
import { startRole } from './role-process';

export interface StackOptions {
  /** as read from `env`; Postgres and Kafka keep their data below its data folder */
  config: Config;
  env: NodeJS.ProcessEnv;
  /** the folder of Kafka's jars; undefined: KAFKA_BROKERS names a broker */
  jars: string | undefined;
  /** 0 takes any free port */
  kafkaPort: number;
  /** reports progress to the user */
  say: (message: string) => void;
  onLine: (role: Role, line: RoleLine) => void;
  /** called when a process ends by itself */
  onLost: (error: Error) => void;
}

export interface StackAddresses {
  /** of the API, e.g. http://127.0.0.1:4000 */
  url: string;
  brokers: string;
  /** a description for the user */
  database: string;
}

/**
 * Postgres, Kafka and a process for each role. It uses servers that the environment names, and starts the
 * others.
 */
export class Stack {
  private readonly stops: (() => Promise<void>)[] = [];
  private starting: Promise<unknown> = Promise.resolve();
  private stopping = false;

  constructor(private readonly options: StackOptions) {}

  /** @throws Error when a process does not start; the others run on until `stop` */
  start(): Promise<StackAddresses> {
    const starting = this.startAll();
    this.starting = starting.catch(() => {});
    return starting;
  }

  /** Ends the roles, then Kafka, then Postgres. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.starting;
    for (const step of this.stops.splice(0).reverse()) await step();
  }

  private async startAll(): Promise<StackAddresses> {
    const { config, say } = this.options;
    const database = await openDatabase(config, {
      applicationName: 'tidemark stack',
      exclusive: true,
      notice: say,
      onLost: this.options.onLost,
    });
    this.stops.push(() => database.leave());
    say(`Postgres: ${database.description}`);
    const brokers = await this.kafka();
    say(`Kafka:    ${brokers}`);
    const url = await this.roles({ DATABASE_URL: database.url, KAFKA_BROKERS: brokers });
    return { url, brokers, database: database.description };
  }

  private async kafka(): Promise<string> {
    const { config, jars, kafkaPort } = this.options;
    this.checkStopping();
    if (jars === undefined) return config.kafka?.brokers.join(',') ?? '';
    const kafka = await startOwnKafka(jars, join(config.dataDir, 'kafka'), kafkaPort);
    this.watch('Kafka', kafka.process);
    return kafka.address;
  }

  private async roles(addresses: NodeJS.ProcessEnv): Promise<string> {
    const { config, env, onLine } = this.options;
    this.checkStopping();
    const ofRoles = { ...env, ...addresses, LOG_LEVEL: levelForRoles(config.logLevel) };
    const started: Promise<string | undefined>[] = [];
    for (const role of ROLES) {
      const child = await startRole(role, ofRoles, (line) => onLine(role, line));
      this.watch(`The ${role}`, child);
      started.push(child.running);
    }
    return (await Promise.all(started)).find((url) => url !== undefined) ?? '';
  }

  private watch(name: string, child: Child): void {
    this.stops.push(() => child.stop());
    void child.ended.then((how) => {
      if (!this.stopping) this.options.onLost(new Error(`${name} ended by itself (${how})`));
    });
  }

  private checkStopping(): void {
    if (this.stopping) throw new Error('Stopped while starting');
  }
}
