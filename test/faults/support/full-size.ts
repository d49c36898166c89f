import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogAppend } from '../../../bench/support/order-log';
import { StoreUnavailableError } from '../../../src/event-store/errors';
import { PostgresEventStore } from '../../../src/event-store/postgres/postgres.event-store';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { Listener } from '../../../src/postgres/listener';
import { migrate } from '../../../src/postgres/migrate';
import { createPool } from '../../../src/postgres/pool';
import { attachEmbeddedPostgres } from '../../../src/runtime/embedded-postgres/embedded-postgres';
import { migrationFolders } from '../../../src/runtime/migrations';
import { Bridges } from '../../support/kafka/bridges';
import { freshTopics, type OwnBroker, startOwnBroker } from '../../support/kafka/broker';
import { killAll, spawnProjectors, untilDealt, untilProjected } from '../../support/kafka/projectors';
import type { TestStore } from '../../support/store';
import { databaseProcesses, killProcess } from './database-processes';

const RETRY_MS = 50;

interface Started {
  folder: string;
  broker: OwnBroker;
  shop: TestStore;
  kafka: KafkaOptions;
}

/** A broker, a Postgres, a bridge and projectors in processes of their own, each of which can be killed. */
export class FullSize {
  readonly broker: OwnBroker;
  readonly shop: TestStore;
  readonly kafka: KafkaOptions;
  readonly bridges: Bridges;
  private readonly folder: string;
  private readonly projectors: ChildProcess[] = [];

  private constructor(
    { folder, broker, shop, kafka }: Started,
    readonly partitions: number,
    readonly sessionTimeoutMs: number,
  ) {
    this.folder = folder;
    this.broker = broker;
    this.shop = shop;
    this.kafka = kafka;
    this.bridges = new Bridges(shop, kafka, { partitions });
    this.bridges.start();
  }

  /** @param sessionTimeoutMs of the projectors' consumer group; the broker takes no less than 6,000 */
  static async start(partitions: number, sessionTimeoutMs: number): Promise<FullSize> {
    const broker = await startOwnBroker();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-faults-'));
    const kafka = freshTopics(broker, 'fault specs');
    return new FullSize(
      { folder, broker, shop: await openShop(folder), kafka },
      partitions,
      sessionTimeoutMs,
    );
  }

  /** The environment of `tidemark start`. */
  get environment(): Record<string, string> {
    return {
      DATABASE_URL: this.shop.database.url,
      KAFKA_BROKERS: this.kafka.brokers.join(','),
      KAFKA_TOPIC_PREFIX: this.kafka.topicPrefix,
      KAFKA_PARTITIONS: String(this.partitions),
    };
  }

  startProjector(): ChildProcess {
    const { kafka, sessionTimeoutMs } = this;
    const child = spawnProjectors(this.shop.database.url, { kafka, sessionTimeoutMs });
    this.projectors.push(child);
    return child;
  }

  /** One of the running projectors, at random. */
  anyProjector(): ChildProcess {
    const running = this.running();
    return running[Math.floor(Math.random() * running.length)] as ChildProcess;
  }

  /** Resolves when the running projectors share the partitions, and no other member has one. */
  async partitionsDealt(): Promise<void> {
    await untilDealt(this.kafka, () => this.running().length);
  }

  /**
   * kill -9 of every process of the database, which is started again on its port. Resolves when it answers.
   */
  async restartDatabase(): Promise<void> {
    for (const pid of await databaseProcesses(this.folder)) killProcess(pid);
    while (!(await this.answers())) await delay(RETRY_MS);
  }

  /** Resolves when the topics and the read models have everything that is in the log now. */
  async caughtUp(): Promise<void> {
    await this.bridges.caughtUp();
    await untilProjected(this.shop.database.pool, (await this.shop.store.head())?.position ?? '');
  }

  /** Ends every process, also one that a fault left half alive, and removes the folder. */
  async stop(): Promise<void> {
    await killAll(this.projectors);
    try {
      await this.bridges.close();
    } finally {
      await this.broker.stop();
      for (const pid of await databaseProcesses(this.folder)) killProcess(pid);
      await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }

  private running(): ChildProcess[] {
    return this.projectors.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  }

  private answers(): Promise<boolean> {
    return this.shop.database.pool.query('SELECT').then(
      () => true,
      () => false,
    );
  }
}

/**
 * An event store and read models in an embedded database of their own, which restarts by itself when it is
 * killed.
 */
async function openShop(dataDir: string): Promise<TestStore> {
  const postgres = await attachEmbeddedPostgres({ dataDir, applicationName: 'fault specs' });
  const { url } = postgres;
  const pool = createPool({ url, max: 16, applicationName: 'fault specs' });
  await migrate(pool, migrationFolders);
  const listener = new Listener(url);
  const store = await PostgresEventStore.open({ pool, listener });
  const drop = async () => {
    await pool.end();
    await postgres.leave();
  };
  return {
    database: { url, pool, drop },
    listener,
    store,
    async close() {
      await store.close();
      await listener.close();
      await drop();
    },
  };
}

/**
 * Appends a log event by event until it is stopped. An append that fails because the database is away is
 * retried.
 */
export class Writer {
  private writing: Promise<void> | undefined;
  private stopping = false;

  constructor(
    private readonly shop: TestStore,
    private readonly log: Iterator<LogAppend>,
  ) {}

  start(): void {
    this.stopping = false;
    this.writing = this.write();
    this.writing.catch(() => {});
  }

  /** @throws when there was nothing left to append, or an append was refused */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.writing;
  }

  /** Appends the next event of the log. */
  async next(): Promise<void> {
    const { value, done } = this.log.next();
    if (done) throw new Error('The log for the rounds is too short');
    const { stream, expected, event }: LogAppend = value;
    for (;;) {
      try {
        await this.shop.store.append(stream, expected, [event]);
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  private async write(): Promise<void> {
    while (!this.stopping) await this.next();
  }
}
