import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  type Admin,
  type ISocketFactoryArgs,
  Kafka,
  logLevel,
  Partitioners,
  type Producer,
  type RetryOptions,
  type SASLOptions,
} from 'kafkajs';
import type { Logger } from 'pino';
import type { KafkaOptions } from './kafka-options';
import { type Cluster, PartitionClient } from './partition-client';
import { pinoLog } from './pino-log';

/**
 * Whoever uses a connection tries again by itself, without an end; this is for what passes within a moment.
 */
const RETRY: RetryOptions = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 };
const CONNECT_WITHIN_MS = 5_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;
/** What is under way may end by itself for so long when the work is to stop. */
const STOP_WITHIN_MS = 2_000;
/** The name that kafkajs 2.2.4 gives to what makes a connection to all brokers. */
const CREATE_CLUSTER = 'private:Kafka:createCluster';

/** An open connection to all brokers. */
export interface KafkaConnection {
  admin: Admin;
  partitions: PartitionClient;
  /**
   * Opens a producer that writes what it tries again only once, and keeps the order within a partition. A key
   * has the partition that `partitionOf` gives it.
   */
  openProducer(): Promise<Producer>;
  /** Ends it at once; what is under way fails. */
  close(): Promise<void>;
}

export interface ConnectionLimits {
  /** a broker that does not answer for so long has failed; default 30,000 */
  requestTimeoutMs?: number;
}

/**
 * Connects to Kafka.
 * @throws when no broker answers or the credentials are refused; nothing stays open then
 */
export async function openKafka(
  options: KafkaOptions,
  logger: Logger,
  { requestTimeoutMs = DEFAULT_REQUEST_TIMEOUT_MS }: ConnectionLimits = {},
): Promise<KafkaConnection> {
  const sockets = new Set<Socket>();
  const kafka = createKafka(options, logger, {
    retry: RETRY,
    connectionTimeout: CONNECT_WITHIN_MS,
    requestTimeout: requestTimeoutMs,
    socketFactory: (request) => openSocket(request, sockets),
  });
  const admin = kafka.admin();
  const cluster = createCluster(kafka);
  const producers: Producer[] = [];
  const openProducer = async () => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: RETRY,
    });
    producers.push(producer);
    await producer.connect();
    return producer;
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy(new Error('The connection to Kafka is closed'));
    const clients = [admin, cluster, ...producers];
    await Promise.allSettled(clients.map((client) => client.disconnect()));
  };
  try {
    await cluster.connect();
    await admin.connect();
  } catch (error) {
    await close();
    throw error;
  }
  return { admin, partitions: new PartitionClient(cluster), openProducer, close };
}

/**
 * Works on a connection and closes it, whatever becomes of the work. It is closed also two seconds after
 * `signal` aborts: a broker that does not answer would hold a request for as long as that may take.
 */
export async function withKafka<T>(
  connection: KafkaConnection,
  signal: AbortSignal,
  work: (connection: KafkaConnection) => Promise<T>,
): Promise<T> {
  let closing: NodeJS.Timeout | undefined;
  const closeSoon = () => {
    closing = setTimeout(() => void connection.close(), STOP_WITHIN_MS);
  };
  if (signal.aborted) closeSoon();
  else signal.addEventListener('abort', closeSoon, { once: true });
  try {
    return await work(connection);
  } finally {
    signal.removeEventListener('abort', closeSoon);
    clearTimeout(closing);
    await connection.close();
  }
}

/** A client of kafkajs with our options; `extra` are options of kafkajs. */
export function createKafka(
  { brokers, ssl, sasl, clientId }: KafkaOptions,
  logger: Logger,
  extra: Partial<ConstructorParameters<typeof Kafka>[0]> = {},
): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ssl: typeof ssl === 'boolean' ? ssl : { ca: [ssl.ca] },
    sasl: sasl && ({ ...sasl, mechanism: sasl.mechanism.toLowerCase() } as SASLOptions),
    logLevel: logLevel.INFO,
    logCreator: pinoLog(logger),
    ...extra,
  });
}

/**
 * kafkajs' producer hides the producer id and epoch, by which brokers tell a former bridge from the present
 * one, and its consumer reads in groups only. Both stand on this object, which has what we need.
 */
function createCluster(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === CREATE_CLUSTER,
  );
  if (symbol === undefined)
    throw new Error('This release of kafkajs is not the one that Tidemark was made for');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol];
  return create!({ metadataMaxAge: 300_000, allowAutoTopicCreation: false });
}

/** As kafkajs does it, but we know the sockets and can end them while a request is under way. */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs, sockets: Set<Socket>): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}
