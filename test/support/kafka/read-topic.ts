import pino from 'pino';
import { openKafka } from '../../../src/kafka/connection';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { type ConsumedEvent, fromRecord, type Tick } from '../../../src/kafka/record';
import { EVENT_TOPICS, type EventTopic } from '../../../src/kafka/topics';

export interface TopicRecord {
  topic: EventTopic;
  partition: number;
  offset: number;
  key: string | null;
  said: ConsumedEvent | Tick;
}

/** Every record of the topics of events that is still there, partition by partition in its order. */
export async function readTopics(kafka: KafkaOptions): Promise<TopicRecord[]> {
  const { admin, partitions: client, close } = await openKafka(kafka, pino({ level: 'silent' }));
  try {
    const names = EVENT_TOPICS.map((topic) => kafka.topicPrefix + topic);
    await client.watch(names);
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const records: TopicRecord[] = [];
    for (const topic of EVENT_TOPICS) {
      const name = kafka.topicPrefix + topic;
      const count = topics.find((found) => found.name === name)?.partitions.length ?? 0;
      const all = Array.from({ length: count }, (_, partition) => partition);
      const ranges = await client.offsets(name, all);
      for (const partition of all) {
        const { earliest = 0n, end = 0n } = ranges[partition] ?? {};
        for (let offset = earliest; offset < end; ) {
          const fetched = await client.fetch(name, partition, offset);
          for (const record of fetched)
            records.push({
              topic,
              partition,
              offset: Number(record.offset),
              key: record.key?.toString() ?? null,
              said: fromRecord(record),
            });
          offset = BigInt(fetched.at(-1)?.offset ?? end) + 1n;
        }
      }
    }
    return records;
  } finally {
    await close();
  }
}
