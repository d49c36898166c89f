import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { type Child, type ChildOptions, startChild } from '../child-process';

const run = promisify(execFile);
const STARTED_WITHIN_MS = 150_000;

/**
 * For Java processes that end soon: without the optimising compiler a start takes half the processor time.
 */
export const SHORT_LIVED = '-XX:TieredStopAtLevel=1';

/** Ports on 127.0.0.1. */
export interface BrokerPorts {
  /** for clients */
  client: number;
  /** for tools: without TLS and passwords, whatever clients need */
  internal: number;
  controller: number;
}

/** A broker that is a cluster by itself. Its folder holds its configuration, data and log. */
export interface BrokerHome {
  jars: string;
  folder: string;
  ports: BrokerPorts;
}

export interface Security {
  /** security protocol of the listener for clients; default PLAINTEXT */
  protocol?: string;
  /** further lines for the configuration */
  properties?: readonly string[];
}

/** Writes the broker's configuration. */
export async function configureBroker(home: BrokerHome, security: Security = {}): Promise<void> {
  await writeFile(configOf(home), `${properties(home, security).join('\n')}\n`);
}

/** Formats the empty data folder of a configured broker. */
export async function formatBroker(home: BrokerHome, options: readonly string[] = []): Promise<void> {
  const id = randomBytes(16).toString('base64url');
  const tool = ['-cp', join(home.jars, '*'), 'kafka.tools.StorageTool', 'format'];
  // With an equals sign: an id may begin with a hyphen.
  await run('java', [SHORT_LIVED, ...tool, `--cluster-id=${id}`, '-c', configOf(home), ...options]);
}

/**
 * Starts a broker and waits until it answers.
 * @param options.jvm further options for Java
 * @throws Error with the end of the broker's log
 */
export async function startBroker(
  home: BrokerHome,
  { signal, jvm = [] }: Pick<ChildOptions, 'signal'> & { jvm?: readonly string[] } = {},
): Promise<Child> {
  const java = ['java', '-Xmx512m', '-XX:+UseSerialGC', ...jvm, '-cp', join(home.jars, '*'), 'kafka.Kafka'];
  const logFile = join(home.folder, 'broker.log');
  const child = await startChild([...java, configOf(home)], { signal, logFile });
  let hasEnded = false;
  void child.ended.then(() => {
    hasEnded = true;
  });
  try {
    await untilReady(home.ports, () => hasEnded);
  } catch (error) {
    await child.stop(0);
    const log = await readFile(logFile, 'utf8').catch(() => '');
    throw new Error(`Kafka did not start: ${(error as Error).message}\n${log.slice(-2_000)}`);
  }
  return child;
}

/** Finds three free ports. */
export async function freePorts(): Promise<BrokerPorts> {
  const servers = [1, 2, 3].map(() => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [client, internal, controller] = servers.map(
    (server) => (server.address() as { port: number }).port,
  ) as [number, number, number];
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return { client, internal, controller };
}

const configOf = ({ folder }: BrokerHome): string => join(folder, 'server.properties');

async function untilReady({ internal }: BrokerPorts, hasEnded: () => boolean): Promise<void> {
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${internal}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  for (const end = Date.now() + STARTED_WITHIN_MS; ; await delay(100)) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.listTopics();
      return;
    } catch (error) {
      if (Date.now() > end || hasEnded()) throw error;
    } finally {
      await admin.disconnect().catch(() => {});
    }
  }
}

function properties({ folder, ports }: BrokerHome, security: Security): string[] {
  const { client, internal, controller } = ports;
  const { protocol = 'PLAINTEXT' } = security;
  const addresses = `CLIENT://127.0.0.1:${client},INTERNAL://127.0.0.1:${internal}`;
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=${addresses},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${addresses}`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=INTERNAL',
    `listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENT:${protocol}`,
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // After kill -9 a broker waits until its former session has timed out.
    'broker.session.timeout.ms=6000',
    'broker.heartbeat.interval.ms=500',
    'auto.create.topics.enable=false',
    ...(security.properties ?? []),
  ];
}
