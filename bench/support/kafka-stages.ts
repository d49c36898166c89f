import type { Admin } from 'kafkajs';
import { startBridge } from '../../src/bridge/bridge';
import { bridgeStatus } from '../../src/bridge/status';
import type { KafkaOptions } from '../../src/kafka/kafka-options';
import { inTransaction } from '../../src/postgres/pool';
import { activate } from '../../src/projections/engine/generations';
import { completeGeneration, createGeneration } from '../../src/projections/engine/make-generation';
import { startPartitionProjector } from '../../src/projections/live/partition-projector';
import { projections } from '../../src/projections/read-models/catalogue';
import { rebuild } from '../../src/projections/rebuild/rebuild';
import type { Runtime } from '../../src/runtime/runtime';
import { until } from '../../test/support/until';
import { recordsIn, whenDealt } from './kafka-ceilings';
import { type ProcessorTime, startProcessorTime } from './processor-time';

/** The projections that Kafka feeds. */
export const perKey = projections.filter(({ ordering }) => ordering === 'per-key');

export interface StageRate {
  /** events a second */
  perSecond: number;
  /** microseconds of this process and of PostgreSQL, user and system */
  cpuPerEvent: number;
}

/** What all stages work on: a log that is written, and where it goes. */
export interface StageOptions {
  runtime: Runtime;
  admin: Admin;
  /** topics of this prefix are nobody else's */
  kafka: KafkaOptions;
  partitions: number;
}

/**
 * The bridge alone, from when it has found out where to begin until the topic has the log's events of orders.
 * The lease row tells the same, but only once a second.
 * @param orderEvents in the log
 * @returns events a second; by then every partition says that it has the whole log
 */
export async function bridgeRate(
  { runtime, admin, kafka, partitions }: StageOptions,
  orderEvents: number,
): Promise<number> {
  const { store, pool, listener, logger } = runtime;
  const bridge = startBridge({ kafka, topics: { partitions }, store, pool, listener, logger });
  try {
    await until(() => bridge.state === 'publishing', 'the bridge publishes');
    const startedAt = performance.now();
    // Each partition begins with the bridge's fence.
    const wanted = orderEvents + partitions;
    const topic = `${kafka.topicPrefix}orders`;
    await until(async () => (await recordsIn(admin, topic)) >= wanted, 'the topic has all events');
    const seconds = (performance.now() - startedAt) / 1000;
    await until(() => isLevel(runtime, kafka), 'every partition has the whole log');
    return orderEvents / seconds;
  } finally {
    await bridge.stop();
  }
}

async function isLevel(runtime: Runtime, kafka: KafkaOptions): Promise<boolean> {
  const { head, confirmed, partitions } = await bridgeStatus(runtime, kafka);
  return confirmed === head?.position && partitions.every(({ position }) => position === head.position);
}

/**
 * The partition projectors alone, all topics full and their read models empty, from the moment that the group
 * is dealt until every published position is the log's end.
 * @param orderEvents in the log
 */
export async function projectorRate(
  { runtime, admin, kafka }: StageOptions,
  orderEvents: number,
): Promise<StageRate> {
  const { databaseUrl, pool, store, logger } = runtime;
  await publishEmpty(runtime);
  const head = (await store.head())?.position ?? '';
  const projector = startPartitionProjector({
    databaseUrl,
    pool,
    store,
    kafka,
    projections: perKey,
    logger,
  });
  try {
    const startedAt = await whenDealt(admin, `${kafka.topicPrefix}tidemark-projectors`);
    const cpu = await startProcessorTime({ own: true, pool });
    await untilShown(
      runtime,
      perKey.map(({ name }) => name),
      head,
    );
    return rateSince(startedAt, orderEvents, cpu);
  } finally {
    await projector.stop();
  }
}

/**
 * A replay of the same read models from the event store, in this process too, their tables empty.
 * @param orderEvents in the log
 */
export async function replayRate({ runtime }: StageOptions, orderEvents: number): Promise<StageRate> {
  const { databaseUrl, pool, store } = runtime;
  const cpu = await startProcessorTime({ own: true, pool });
  const startedAt = performance.now();
  await rebuild({ databaseUrl, pool, store, projections: perKey });
  return rateSince(startedAt, orderEvents, cpu);
}

const rateSince = (startedAt: number, events: number, cpu: ProcessorTime): StageRate => ({
  perSecond: (events * 1000) / (performance.now() - startedAt),
  cpuPerEvent: cpu.perEvent(events),
});

/** Resolves when the published read models have everything up to a position. */
export async function untilShown(
  { pool }: Runtime,
  names: readonly string[],
  position: string,
): Promise<void> {
  const showWholeLog = async () => {
    const { rows } = await pool.query<{ shown: string }>(
      `SELECT count(*) AS shown FROM tidemark.generations
        WHERE status = 'active' AND projection = ANY($1) AND position >= $2`,
      [names, position],
    );
    return Number(rows[0]?.shown) === names.length;
  };
  await until(showWholeLog, 'the read models show the whole log');
}

async function publishEmpty({ pool, store }: Runtime): Promise<void> {
  const identity = await store.identity();
  await inTransaction(pool, async (client) => {
    for (const projection of perKey) {
      const generation = await createGeneration(client, projection, identity);
      await completeGeneration(client, projection, generation);
      await activate(client, projection, generation);
    }
  });
}
