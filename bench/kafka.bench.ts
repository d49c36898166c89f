import { join } from 'node:path';
import type { EventStore } from '../src/event-store/event-store';
import { readConfig } from '../src/runtime/config';
import { openRuntime } from '../src/runtime/runtime';
import { KAFKA_VERSION, KafkaMissingError, kafkaJars } from '../stack/kafka/jars';
import { startOwnKafka } from '../stack/own-kafka';
import { type Bench, type BenchOptions, type Measurement, NotRunError } from './support/bench';
import { LIVE_EVENTS, LIVE_PER_SECOND, LIVE_SECONDS, measureLive } from './support/kafka-live';
import { measureStages } from './support/kafka-rounds';
import { PARTITIONS, ROUNDS } from './support/kafka-shop';
import { type LogAppend, orderLog } from './support/order-log';

const ORDERS = 80_000;
/** Of orders only: the first event of the log, the settings, goes to another topic. */
const EVENTS = 4 * ORDERS;
const APPENDS_AT_ONCE = 4_000;

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
  const log = orderLog(ORDERS + LIVE_EVENTS);
  try {
    await writeLog(runtime.store, log, options);
    const stages = await measureStages(runtime, address, EVENTS, options);
    return [...stages, ...(await measureLive(runtime, address, log, options))];
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
