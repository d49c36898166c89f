import { join } from 'node:path';
import type { Admin, Message } from 'kafkajs';
import pino from 'pino';
import type { EventStore } from '../src/event-store/event-store';
import { createKafka, openKafka } from '../src/kafka/connection';
import type { KafkaOptions } from '../src/kafka/kafka-options';
import { sourceOf, toRecord } from '../src/kafka/record';
import { projections } from '../src/projections/read-models/catalogue';
import { readConfig } from '../src/runtime/config';
import { openRuntime, type Runtime } from '../src/runtime/runtime';
import { KAFKA_VERSION, KafkaMissingError, kafkaJars } from '../stack/kafka/jars';
import { startOwnKafka } from '../stack/own-kafka';
import {
  atLeast,
  type Bench,
  type BenchOptions,
  formatNumber,
  type Measurement,
  NotRunError,
  plain,
} from './support/bench';
import { consumerCeiling, producerCeiling } from './support/kafka-ceilings';
import { bridgeRate, projectorRate, replayRate, type StageRate, untilShown } from './support/kafka-stages';
import { appendLive, type LiveSamples } from './support/live-orders';
import { type LogAppend, orderLog } from './support/order-log';
import { startBenched } from './support/program';
import { median, percentile } from './support/samples';

const ORDERS = 80_000;
/** Of orders only: the first event of the log, the settings, goes to another topic. */
const EVENTS = 4 * ORDERS;
const APPENDS_AT_ONCE = 4_000;
const ROUNDS = 3;
const PARTITIONS = 4;
const BATCH = 1_000;
const SMALL_VALUE_BYTES = 300;
const LIVE_PER_SECOND = 500;
const LIVE_WARM_UP_SECONDS = 2;
const LIVE_SECONDS = 10;
const SHARE = 0.7;
/** Of the rate of a replay, which writes the same rows without indexes and in one order. */
const SHARE_OF_REPLAY = 0.8;

/** From the event store through Kafka into the read models, held against what kafkajs itself can do. */
export const kafkaBench: Bench = {
  name: 'kafka',
  title:
    `${EVENTS.toLocaleString('en-US')} order events from the event store through Kafka ${KAFKA_VERSION} ` +
    `(one broker, ${PARTITIONS} partitions) into the read models that it feeds: bridge and projectors each ` +
    'alone in one process, in turns with a replay of the same read models, with ' +
    'kafkajs’ own idempotent producer (batches of 1,000, one request ' +
    'in flight, acks all) and its own consumer (eachBatch, nothing parsed), ' +
    `median of ${ROUNDS} rounds; then ${LIVE_PER_SECOND} events a second for ${LIVE_SECONDS} s through ` +
    '`tidemark start`, from the commit until the read model of orders is seen to have the event, looking ' +
    'every 5 ms',
  async run(options: BenchOptions): Promise<Measurement[]> {
    const broker = await startOwnKafka(jars(options), join(options.folder, 'kafka'), 0);
    try {
      return await measure(options, broker.address);
    } finally {
      await broker.process.stop();
    }
  },
};

function jars({ note }: BenchOptions): string {
  try {
    return kafkaJars(() => note(`fetching Kafka ${KAFKA_VERSION}`));
  } catch (error) {
    if (error instanceof KafkaMissingError) throw new NotRunError(error.message, { cause: error });
    throw error;
  }
}

async function measure(options: BenchOptions, address: string): Promise<Measurement[]> {
  const runtime = await openRuntime(readConfig({ TIDEMARK_DATA_DIR: join(options.folder, 'data') }), {
    applicationName: 'tidemark bench',
  });
  const log = orderLog(ORDERS + LIVE_PER_SECOND * (LIVE_WARM_UP_SECONDS + LIVE_SECONDS));
  try {
    await writeLog(runtime.store, log, options);
    const rates = await measureStages(runtime, address, options);
    const live = await measureLive(runtime, address, log, options);
    return [...rates, ...liveMeasurements(live)];
  } finally {
    await runtime.close();
  }
}

async function writeLog(store: EventStore, log: Iterator<LogAppend>, { note }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  let left = EVENTS + 1;
  const writer = async () => {
    while (left-- > 0) {
      const { stream, expected, event } = log.next().value as LogAppend;
      await store.append(stream, expected, [event]);
    }
  };
  await Promise.all(Array.from({ length: APPENDS_AT_ONCE }, writer));
  note(`log written in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function measureStages(
  runtime: Runtime,
  address: string,
  { note }: BenchOptions,
): Promise<Measurement[]> {
  const logger = pino({ level: 'silent' });
  const kafka = createKafka(kafkaOptions(address, ''), logger);
  const { admin, close } = await openKafka(kafkaOptions(address, ''), logger);
  try {
    const ours = await sampleRecords(runtime.store);
    const small = ours.map(({ key }) => ({ key, value: Buffer.alloc(SMALL_VALUE_BYTES, 'x') }));
    await createTopics(admin, ['small', 'ours']);
    const rates = { small: [], ours: [], bridge: [], consumer: [], projectors: [], replay: [] } as Record<
      'small' | 'ours' | 'bridge' | 'consumer' | 'projectors' | 'replay',
      number[]
    >;
    const cpu = { projectors: [] as number[], replay: [] as number[] };
    const keep = (what: keyof typeof cpu, { perSecond, cpuPerEvent }: StageRate) => {
      rates[what].push(perSecond);
      cpu[what].push(cpuPerEvent);
    };
    for (let round = 0; round < ROUNDS; round++) {
      const options = kafkaOptions(address, prefixOf(round));
      const stage = { runtime, admin, kafka: options, partitions: PARTITIONS };
      rates.small.push(await producerCeiling(kafka, 'small', small, EVENTS));
      rates.ours.push(await producerCeiling(kafka, 'ours', ours, EVENTS));
      rates.bridge.push(await bridgeRate(stage, EVENTS));
      const topic = `${options.topicPrefix}orders`;
      rates.consumer.push(await consumerCeiling(kafka, admin, topic, `ceiling-${round}`));
      keep('projectors', await projectorRate(stage, EVENTS));
      keep('replay', await replayRate(stage, EVENTS));
      const found = Object.entries(rates).map(([what, all]) => `${what} ${formatNumber(all[round] ?? 0)}/s`);
      note(`round ${round + 1}: ${found.join(', ')}`);
    }
    const against = (what: string, rate: number[], ceiling: number[], aim = SHARE) =>
      atLeast(what, median(rate) / median(ceiling), 'x', { aim });
    const bytes = Math.round(ours.reduce((sum, { value }) => sum + value.length, 0) / ours.length);
    return [
      plain(
        `kafkajs producer, values of ${SMALL_VALUE_BYTES} bytes, no headers`,
        median(rates.small),
        'events/s',
      ),
      plain(
        `kafkajs producer, the bridge's records (${bytes} bytes, 4 headers)`,
        median(rates.ours),
        'events/s',
      ),
      plain('bridge', median(rates.bridge), 'events/s'),
      against(`bridge against the producer, values of ${SMALL_VALUE_BYTES} bytes`, rates.bridge, rates.small),
      against("bridge against the producer, the bridge's records", rates.bridge, rates.ours),
      plain("kafkajs consumer, the bridge's records", median(rates.consumer), 'events/s'),
      { ...plain('projectors', median(rates.projectors), 'events/s'), cpuMicros: median(cpu.projectors) },
      {
        ...plain('replay of the same read models', median(rates.replay), 'events/s'),
        cpuMicros: median(cpu.replay),
      },
      against(
        'projectors against replay of the same read models',
        rates.projectors,
        rates.replay,
        SHARE_OF_REPLAY,
      ),
    ];
  } finally {
    await close();
  }
}

/**
 * A sample of the log as the bridge writes it: every n-th record, so that each kind is as frequent as in the
 * log.
 */
async function sampleRecords(store: EventStore): Promise<(Message & { value: Buffer })[]> {
  const source = sourceOf(await store.identity());
  const sample: (Message & { value: Buffer })[] = [];
  let n = 0;
  for await (const { events } of store.readAll(null))
    for (const event of events)
      if (n++ % (EVENTS / BATCH) === 0 && sample.length < BATCH)
        sample.push({ ...toRecord(event, source, 1) });
  return sample;
}

async function createTopics(admin: Admin, topics: string[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
  });
}

/** Starts the program as a user does, on the topics of the last round, and appends the next orders. */
async function measureLive(
  runtime: Runtime,
  address: string,
  log: Iterator<LogAppend>,
  options: BenchOptions,
): Promise<LiveSamples> {
  const { store, pool } = runtime;
  const program = await startBenched(['start'], options, {
    LOG_LEVEL: 'info',
    KAFKA_BROKERS: address,
    KAFKA_TOPIC_PREFIX: prefixOf(ROUNDS - 1),
    KAFKA_PARTITIONS: String(PARTITIONS),
  });
  try {
    const names = projections.map(({ name }) => name);
    const head = async () => (await store.head())?.position ?? '';
    await untilShown(runtime, names, await head());
    await appendLive(store, pool, log, LIVE_PER_SECOND, LIVE_PER_SECOND * LIVE_WARM_UP_SECONDS);
    return await appendLive(store, pool, log, LIVE_PER_SECOND, LIVE_PER_SECOND * LIVE_SECONDS);
  } finally {
    await program.end('SIGTERM');
  }
}

const liveMeasurements = ({ row, asOf, rate }: LiveSamples): Measurement[] => [
  plain('live: events appended', rate, 'events/s'),
  plain('live: commit to the row of the order, p50', percentile(row, 0.5), 'ms'),
  plain('live: commit to the row of the order, p99', percentile(row, 0.99), 'ms'),
  plain('live: commit to `asOf` of orders, p50', percentile(asOf, 0.5), 'ms'),
  plain('live: commit to `asOf` of orders, p99', percentile(asOf, 0.99), 'ms'),
];

const prefixOf = (round: number): string => `round${round}.`;

const kafkaOptions = (address: string, topicPrefix: string): KafkaOptions => ({
  brokers: [address],
  topicPrefix,
  ssl: false,
  clientId: 'tidemark bench',
});
