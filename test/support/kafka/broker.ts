import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { openKafka } from '../../../src/kafka/connection';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import type { Child } from '../../../stack/child-process';
import {
  type BrokerHome,
  configureBroker,
  formatBroker,
  freePorts,
  SHORT_LIVED,
  startBroker,
} from '../../../stack/kafka/broker';
import { kafkaJars } from '../../../stack/kafka/jars';
import { type ConsoleConsumeOptions, type ConsoleRecord, consoleConsume, consumerGroups } from './tools';

const run = promisify(execFile);
const STORE_PASSWORD = 'tidemark';
/** After kill -9 a broker waits for its former session to end. */
const QUICK_RETURN = 'broker.session.timeout.ms=2500';

export interface OwnBrokerOptions {
  /** clients authenticate, with any of these mechanisms: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 */
  sasl?: { username: string; password: string };
  /** clients use TLS; the certificate is self-signed */
  ssl?: boolean;
}

export interface TestKafka {
  /** what a client connects to */
  brokers: string[];
  /** begins every topic and every consumer group of this suite */
  topicPrefix: string;
  /** Ends the broker and removes its data; of a given one, what begins with `topicPrefix`. */
  stop(): Promise<void>;
  /** Reads a topic with Kafka's own console consumer. */
  consoleConsume(topic: string, options?: ConsoleConsumeOptions): Promise<ConsoleRecord[]>;
  /** What Kafka's own tool says of a consumer group: a row for each partition, by column title. */
  consumerGroups(group: string): Promise<Record<string, string>[]>;
}

/** A broker that may be killed, and that asks of its clients what the suite wants. */
export interface OwnBroker extends TestKafka {
  /** certificate authority of the broker, PEM; with `ssl` only */
  ca?: string;
  /** kill -9, then a start on the same data */
  restart(): Promise<void>;
  kill9(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: connections stay, and nobody answers */
  pause(): void;
  resume(): void;
}

/**
 * The broker of KAFKA_TEST_BROKERS, or one of its own for a spec file.
 * @throws Error when the given one does not answer
 */
export async function startKafka(): Promise<TestKafka> {
  const given = process.env.KAFKA_TEST_BROKERS;
  return given ? givenKafka(given.split(',')) : startOwnBroker();
}

/** A broker from the jars, also where KAFKA_TEST_BROKERS names another. */
export async function startOwnBroker(options: OwnBrokerOptions = {}): Promise<OwnBroker> {
  const broker = await Broker.create(options);
  await broker.start();
  return broker;
}

/** Topics that no other test has, and the group beside them. */
export function freshTopics({ brokers, topicPrefix }: TestKafka, clientId: string): KafkaOptions {
  return { brokers, topicPrefix: `${topicPrefix}${randomBytes(4).toString('hex')}.`, ssl: false, clientId };
}

async function givenKafka(brokers: string[]): Promise<TestKafka> {
  const topicPrefix = `tidemark-test-${randomBytes(5).toString('hex')}.`;
  const address = brokers.join(',');
  try {
    await (await openGiven(brokers, topicPrefix)).close();
  } catch (error) {
    throw new Error(`KAFKA_TEST_BROKERS=${address} cannot be used: ${(error as Error).message}`);
  }
  return {
    brokers,
    topicPrefix,
    stop: () => clean(brokers, topicPrefix),
    consoleConsume: (topic, options) => consoleConsume(kafkaJars(), address, topic, options),
    consumerGroups: (group) => consumerGroups(kafkaJars(), address, group),
  };
}

const openGiven = (brokers: string[], topicPrefix: string) =>
  openKafka({ brokers, topicPrefix, ssl: false, clientId: 'specs' }, pino({ level: 'silent' }));

/** Removes the topics and the consumer groups whose names begin with the prefix. */
async function clean(brokers: string[], prefix: string): Promise<void> {
  const { admin, close } = await openGiven(brokers, prefix);
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics }).catch(unlessDeletedAlready);
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    const ours = groups.filter((group) => group.startsWith(prefix));
    // One whose members were killed lives on until their sessions end; without topics the broker forgets it
    // by itself.
    if (ours.length > 0) await admin.deleteGroups(ours).catch(() => {});
  } finally {
    await close();
  }
}

/** A broker still lists a topic for a moment after a suite deleted it. */
function unlessDeletedAlready(error: unknown): void {
  const { type, cause } = error as { type?: string; cause?: { type?: string } };
  if ((type ?? cause?.type) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
}

class Broker implements OwnBroker {
  readonly topicPrefix = '';
  private child: Child | undefined;

  private constructor(
    private readonly home: BrokerHome,
    readonly ca: string | undefined,
  ) {}

  static async create({ sasl, ssl = false }: OwnBrokerOptions): Promise<Broker> {
    const jars = kafkaJars();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-kafka-'));
    const home = { jars, folder, ports: await freePorts() };
    const ca = ssl ? await createCertificate(folder) : undefined;
    await configureBroker(home, {
      protocol: `${sasl ? 'SASL_' : ''}${ssl ? 'SSL' : 'PLAINTEXT'}`,
      properties: [QUICK_RETURN, ...(sasl ? saslLines(sasl) : []), ...(ssl ? sslLines(folder) : [])],
    });
    const scram = sasl
      ? ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
          '--add-scram',
          `${mechanism}=[name=${sasl.username},password=${sasl.password}]`,
        ])
      : [];
    await formatBroker(home, scram);
    return new Broker(home, ca);
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.home.ports.client}`];
  }

  async start(): Promise<void> {
    this.child = await startBroker(this.home, { signal: 'SIGKILL', jvm: [SHORT_LIVED] });
  }

  async kill9(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    await child?.stop();
  }

  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  pause(): void {
    this.signal('SIGSTOP');
  }

  resume(): void {
    this.signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill9();
    await rm(this.home.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  consoleConsume(topic: string, options?: ConsoleConsumeOptions): Promise<ConsoleRecord[]> {
    return consoleConsume(this.home.jars, this.internal, topic, options);
  }

  consumerGroups(group: string): Promise<Record<string, string>[]> {
    return consumerGroups(this.home.jars, this.internal, group);
  }

  private get internal(): string {
    return `127.0.0.1:${this.home.ports.internal}`;
  }

  private signal(signal: NodeJS.Signals): void {
    if (!this.child) throw new Error('The broker does not run');
    process.kill(this.child.pid, signal);
  }
}

function sslLines(folder: string): string[] {
  return [
    `listener.name.client.ssl.keystore.location=${join(folder, 'broker.p12')}`,
    'listener.name.client.ssl.keystore.type=PKCS12',
    `listener.name.client.ssl.keystore.password=${STORE_PASSWORD}`,
  ];
}

function saslLines({ username, password }: { username: string; password: string }): string[] {
  const modules = 'org.apache.kafka.common.security';
  const user = `user_${username}="${password}"`;
  return [
    'listener.name.client.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    `listener.name.client.plain.sasl.jaas.config=${modules}.plain.PlainLoginModule required ${user};`,
    `listener.name.client.scram-sha-256.sasl.jaas.config=${modules}.scram.ScramLoginModule required;`,
    `listener.name.client.scram-sha-512.sasl.jaas.config=${modules}.scram.ScramLoginModule required;`,
  ];
}

/** A self-signed certificate for 127.0.0.1 and its key. @returns the certificate, PEM */
async function createCertificate(folder: string): Promise<string> {
  const store = [
    '-keystore',
    join(folder, 'broker.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    STORE_PASSWORD,
  ];
  const name = ['-alias', 'broker', '-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1'];
  await run('keytool', [
    '-genkeypair',
    '-keyalg',
    'RSA',
    '-keysize',
    '2048',
    '-validity',
    '30',
    ...name,
    ...store,
  ]);
  return (await run('keytool', ['-exportcert', '-rfc', '-alias', 'broker', ...store])).stdout;
}
