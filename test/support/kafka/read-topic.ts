import type { FetchedRecord } from 'kafkajs/src/protocol/requests';
import pino from 'pino';
import { openKafka } from '../../../src/kafka/connection';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { type ConsumedEvent, fromRecord, type Tick } from '../../../src/kafka/record';
import { EVENT_TOPICS, type EventTopic, type Topic } from '../../../src/kafka/topics';

export interface TopicRecord {
  topic: EventTopic;
  partition: number;
  offset: number;
  key: string | null;
  said: ConsumedEvent | Tick;
}

/** Every record of the topics of events that is still there, partition by partition in its order. */
export async function readTopics(kafka: KafkaOptions): Promise<TopicRecord[]> {
  const records = await readRecords(kafka, EVENT_TOPICS);
  return records.map(({ topic, partition, record }) => ({
    topic,
    partition,
    offset: Number(record.offset),
    key: record.key?.toString() ?? null,
    said: fromRecord(record),
  }));
}

/** The same of any topics, named without the prefix, as it was fetched. */
export async function readRecords<T extends Topic>(
  kafka: KafkaOptions,
  names: readonly T[],
): Promise<{ topic: T; partition: number; record: FetchedRecord }[]> {
  const { admin, partitions: client, close } = await openKafka(kafka, pino({ level: 'silent' }));
  try {
    const fullNames = names.map((topic) => kafka.topicPrefix + topic);
    await client.watch(fullNames);
    const { topics } = await admin.fetchTopicMetadata({ topics: fullNames });
    const records: { topic: T; partition: number; record: FetchedRecord }[] = [];
    for (const topic of names) {
      const name = kafka.topicPrefix + topic;
      const count = topics.find((found) => found.name === name)?.partitions.length ?? 0;
      const all = Array.from({ length: count }, (_, partition) => partition);
      const ranges = await client.offsets(name, all);
      for (const partition of all) {
        const { earliest = 0n, end = 0n } = ranges[partition] ?? {};
        for (let offset = earliest; offset < end; ) {
          const fetched = await client.fetch(name, partition, offset);
          for (const record of fetched) records.push({ topic, partition, record });
          offset = BigInt(fetched.at(-1)?.offset ?? end) + 1n;
        }
      }
    }
    return records;
  } finally {
    await close();
  }
}
