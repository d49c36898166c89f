import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaJars } from './jars';
import { type ConsoleConsumeOptions, type ConsoleRecord, consoleConsume, consumerGroups } from './tools';

const run = promisify(execFile);
const STARTED_WITHIN_MS = 150_000;
const STORE_PASSWORD = 'tidemark';

export interface TestKafkaOptions {
  /** clients authenticate, with any of these mechanisms: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 */
  sasl?: { username: string; password: string };
  /** clients use TLS; the certificate is self-signed */
  ssl?: boolean;
}

export interface TestKafka {
  /** what a client connects to */
  brokers: string[];
  /** begins every topic of this suite */
  topicPrefix: string;
  /** certificate authority of the broker, PEM; with `ssl` only */
  ca?: string;
  /** kill -9, then a start on the same data */
  restart(): Promise<void>;
  kill9(): Promise<void>;
  start(): Promise<void>;
  /** SIGSTOP: connections stay, and nobody answers */
  pause(): void;
  resume(): void;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
  /** Reads a topic with Kafka's own console consumer. */
  consoleConsume(topic: string, options?: ConsoleConsumeOptions): Promise<ConsoleRecord[]>;
  /** What Kafka's own tool says of a consumer group: a row for each partition, by column title. */
  consumerGroups(group: string): Promise<Record<string, string>[]>;
}

/** A broker of its own for a spec file, or the one of KAFKA_TEST_BROKERS, which cannot be killed. */
export async function startKafka(options: TestKafkaOptions = {}): Promise<TestKafka> {
  const topicPrefix = `t${randomBytes(5).toString('hex')}.`;
  const given = process.env.KAFKA_TEST_BROKERS;
  if (given) return givenKafka(given.split(','), topicPrefix);
  const broker = await Broker.create(options);
  await broker.start();
  return broker;
}

function givenKafka(brokers: string[], topicPrefix: string): TestKafka {
  const refuse = () => {
    throw new Error('The broker of KAFKA_TEST_BROKERS is not the suite’s to kill');
  };
  const address = brokers.join(',');
  return {
    brokers,
    topicPrefix,
    restart: refuse,
    kill9: refuse,
    start: refuse,
    pause: refuse,
    resume: refuse,
    stop: async () => {},
    consoleConsume: (topic, options) => consoleConsume(kafkaJars(), address, topic, options),
    consumerGroups: (group) => consumerGroups(kafkaJars(), address, group),
  };
}

class Broker implements TestKafka {
  readonly topicPrefix = '';
  ca?: string;
  private process: ChildProcess | undefined;
  private pid = 0;

  private constructor(
    private readonly jars: string,
    private readonly folder: string,
    /** of clients, of tools (never with TLS or passwords), of the controller */
    private readonly ports: readonly [number, number, number],
  ) {}

  static async create({ sasl, ssl = false }: TestKafkaOptions): Promise<Broker> {
    const jars = kafkaJars();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-kafka-'));
    const broker = new Broker(jars, folder, await freePorts());
    if (ssl) broker.ca = await createCertificate(folder);
    await writeFile(join(folder, 'server.properties'), broker.properties(sasl, ssl));
    const scram = sasl
      ? ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
          '--add-scram',
          `${mechanism}=[name=${sasl.username},password=${sasl.password}]`,
        ])
      : [];
    const id = randomBytes(16).toString('base64url');
    const config = join(folder, 'server.properties');
    await run('java', [
      '-cp',
      join(jars, '*'),
      'kafka.tools.StorageTool',
      'format',
      // With an equals sign, because an id may begin with a hyphen.
      `--cluster-id=${id}`,
      '-c',
      config,
      ...scram,
    ]);
    return broker;
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.ports[0]}`];
  }

  /** The shell ends the broker when its own input ends: with this process, however that ends, or by kill9. */
  async start(): Promise<void> {
    const script = 'java "$@" >> "$LOG" 2>&1 & echo $!; cat > /dev/null; kill -9 $!; wait $!';
    const java = ['-Xmx512m', '-XX:+UseSerialGC', '-cp', join(this.jars, '*'), 'kafka.Kafka'];
    this.process = spawn('sh', ['-c', script, 'sh', ...java, join(this.folder, 'server.properties')], {
      env: { ...process.env, LOG: join(this.folder, 'broker.log') },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [pid] = (await once(createInterface(this.process.stdout!), 'line')) as [string];
    this.pid = Number(pid);
    await this.untilReady();
  }

  async kill9(): Promise<void> {
    const { process } = this;
    if (!process) return;
    this.process = undefined;
    const closed = once(process, 'close');
    process.stdin?.end();
    await closed;
  }

  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill9();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  consoleConsume(topic: string, options?: ConsoleConsumeOptions): Promise<ConsoleRecord[]> {
    return consoleConsume(this.jars, this.internal, topic, options);
  }

  consumerGroups(group: string): Promise<Record<string, string>[]> {
    return consumerGroups(this.jars, this.internal, group);
  }

  private get internal(): string {
    return `127.0.0.1:${this.ports[1]}`;
  }

  private async untilReady(): Promise<void> {
    const kafka = new Kafka({ brokers: [this.internal], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    for (const end = Date.now() + STARTED_WITHIN_MS; ; await delay(100)) {
      const admin = kafka.admin();
      try {
        await admin.connect();
        await admin.listTopics();
        return;
      } catch (error) {
        if (Date.now() > end || !isAlive(this.pid)) {
          const log = await readFile(join(this.folder, 'broker.log'), 'utf8').catch(() => '');
          throw new Error(`The broker did not start: ${(error as Error).message}\n${log.slice(-2_000)}`);
        }
      } finally {
        await admin.disconnect().catch(() => {});
      }
    }
  }

  private properties(sasl: TestKafkaOptions['sasl'], ssl: boolean): string {
    const [client, internal, controller] = this.ports;
    const protocol = `${sasl ? 'SASL_' : ''}${ssl ? 'SSL' : 'PLAINTEXT'}`;
    const addresses = `CLIENT://127.0.0.1:${client},INTERNAL://127.0.0.1:${internal}`;
    const lines = [
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=${addresses},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=${addresses}`,
      'controller.listener.names=CONTROLLER',
      'inter.broker.listener.name=INTERNAL',
      `listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${protocol}`,
      `log.dirs=${join(this.folder, 'data')}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=4',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'share.coordinator.state.topic.replication.factor=1',
      'share.coordinator.state.topic.min.isr=1',
      'group.initial.rebalance.delay.ms=0',
      // After kill -9 a broker waits for its former session to end.
      'broker.session.timeout.ms=6000',
      'broker.heartbeat.interval.ms=500',
      'auto.create.topics.enable=false',
    ];
    if (sasl) lines.push(...saslLines(sasl));
    if (ssl) {
      lines.push(
        `listener.name.client.ssl.keystore.location=${join(this.folder, 'broker.p12')}`,
        'listener.name.client.ssl.keystore.type=PKCS12',
        `listener.name.client.ssl.keystore.password=${STORE_PASSWORD}`,
      );
    }
    return `${lines.join('\n')}\n`;
  }
}

function saslLines({ username, password }: { username: string; password: string }): string[] {
  const modules = 'org.apache.kafka.common.security';
  return [
    'listener.name.client.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    `listener.name.client.plain.sasl.jaas.config=${modules}.plain.PlainLoginModule required user_${username}="${password}";`,
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

async function freePorts(): Promise<[number, number, number]> {
  const servers = [1, 2, 3].map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as [number, number, number];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
