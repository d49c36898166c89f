import type { Admin, Message } from 'kafkajs';
import pino from 'pino';
import type { EventStore } from '../../src/event-store/event-store';
import { createKafka, openKafka } from '../../src/kafka/connection';
import { sourceOf, toRecord } from '../../src/kafka/record';
import type { Runtime } from '../../src/runtime/runtime';
import { atLeast, type BenchOptions, formatNumber, type Measurement, plain } from './bench';
import { consumerCeiling, producerCeiling } from './kafka-ceilings';
import { kafkaOptions, PARTITIONS, prefixOf, ROUNDS } from './kafka-shop';
import { bridgeRate, projectorRate, replayRate, type StageRate } from './kafka-stages';
import { median } from './samples';

const BATCH = 1_000;
const SMALL_VALUE_BYTES = 300;
const SHARE = 0.7;
/** Of a replay, which writes the same rows without indexes and in one order. */
const SHARE_OF_REPLAY = 0.8;

/**
 * Each stage alone, in turns, on topics of its own in each round.
 * @param events in the log, of orders
 */
export async function measureStages(
  runtime: Runtime,
  address: string,
  events: number,
  { note }: BenchOptions,
): Promise<Measurement[]> {
  const logger = pino({ level: 'silent' });
  const kafka = createKafka(kafkaOptions(address, ''), logger);
  const { admin, close } = await openKafka(kafkaOptions(address, ''), logger);
  try {
    const ours = await sampleRecords(runtime.store, events);
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
      rates.small.push(await producerCeiling(kafka, 'small', small, events));
      rates.ours.push(await producerCeiling(kafka, 'ours', ours, events));
      rates.bridge.push(await bridgeRate(stage, events));
      const topic = `${options.topicPrefix}orders`;
      rates.consumer.push(await consumerCeiling(kafka, admin, topic, `ceiling-${round}`));
      keep('projectors', await projectorRate(stage, events));
      keep('replay', await replayRate(stage, events));
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
      against('... by processor time for each event', cpu.replay, cpu.projectors, SHARE_OF_REPLAY),
    ];
  } finally {
    await close();
  }
}

/**
 * A sample of the log as the bridge writes it: every n-th record, so that each kind is as frequent as in the
 * log.
 */
async function sampleRecords(store: EventStore, count: number): Promise<(Message & { value: Buffer })[]> {
  const source = sourceOf(await store.identity());
  const sample: (Message & { value: Buffer })[] = [];
  let n = 0;
  for await (const { events } of store.readAll(null))
    for (const event of events)
      if (n++ % (count / BATCH) === 0 && sample.length < BATCH)
        sample.push({ ...toRecord(event, source, 1) });
  return sample;
}

async function createTopics(admin: Admin, topics: string[]): Promise<void> {
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
  });
}
