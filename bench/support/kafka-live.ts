import { projections } from '../../src/projections/read-models/catalogue';
import type { Runtime } from '../../src/runtime/runtime';
import { type BenchOptions, type Measurement, plain } from './bench';
import { PARTITIONS, prefixOf, ROUNDS } from './kafka-shop';
import { untilShown } from './kafka-stages';
import { appendLive, type LiveSamples } from './live-orders';
import type { LogAppend } from './order-log';
import { startBenched } from './program';
import { percentile } from './samples';

export const LIVE_PER_SECOND = 500;
const LIVE_WARM_UP_SECONDS = 2;
export const LIVE_SECONDS = 10;
/** of orders */
export const LIVE_EVENTS = LIVE_PER_SECOND * (LIVE_WARM_UP_SECONDS + LIVE_SECONDS);

/** Starts the program as a user does, on the topics of the last round, and appends the next orders. */
export async function measureLive(
  runtime: Runtime,
  address: string,
  log: Iterator<LogAppend>,
  options: BenchOptions,
): Promise<Measurement[]> {
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
    return measurements(await appendLive(store, pool, log, LIVE_PER_SECOND, LIVE_PER_SECOND * LIVE_SECONDS));
  } finally {
    await program.end('SIGTERM');
  }
}

const measurements = ({ row, asOf, rate }: LiveSamples): Measurement[] => [
  plain('live: events appended', rate, 'events/s'),
  plain('live: commit to the row of the order, p50', percentile(row, 0.5), 'ms'),
  plain('live: commit to the row of the order, p99', percentile(row, 0.99), 'ms'),
  plain('live: commit to `asOf` of orders, p50', percentile(asOf, 0.5), 'ms'),
  plain('live: commit to `asOf` of orders, p99', percentile(asOf, 0.99), 'ms'),
];
