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
import { clusterMakerOf } from './cluster-maker';
import type { KafkaOptions } from './kafka-options';
import { PartitionClient } from './partition-client';
import { pinoLog } from './pino-log';

/** For errors that pass within a moment. Beyond that the users of a connection repeat their own work. */
const RETRY: RetryOptions = { retries: 2, initialRetryTime: 100, maxRetryTime: 1_000 };
const CONNECT_WITHIN_MS = 5_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 60_000;
/** After a stop, requests under way have this long to end by themselves. */
const STOP_WITHIN_MS = 2_000;
const METADATA_MAX_AGE_MS = 300_000;

/** An open connection to all brokers. */
export interface KafkaConnection {
  admin: Admin;
  partitions: PartitionClient;
  /**
   * Opens an idempotent producer: its retries write nothing twice and keep the order within a partition. It
   * chooses the partition of a key as `partitionOf` does.
   */
  openProducer(): Promise<Producer>;
  /** Closes it at once. Requests under way fail. */
  close(): Promise<void>;
}

export interface ConnectionLimits {
  /** a request without an answer fails after this time; milliseconds, default 30,000 */
  requestTimeoutMs?: number;
}

/**
 * Connects to Kafka.
 * @throws when no broker answers or the credentials are wrong; it leaves nothing open then
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
  const { create } = clusterMakerOf(kafka);
  const cluster = create({ metadataMaxAge: METADATA_MAX_AGE_MS, allowAutoTopicCreation: false });
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
 * Does work on a connection and closes the connection, however the work ends. Two seconds after `signal`
 * aborts it closes the connection in any case: a broker that does not answer would hold up the stop until the
 * request's timeout.
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

/** Creates a client of kafkajs. `extra` are further options of kafkajs. */
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

/** Opens a socket as kafkajs does, and keeps it in `sockets`, so that `close` can end requests under way. */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs, sockets: Set<Socket>): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
  return socket;
}
