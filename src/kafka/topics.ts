import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { kindOfStream, type StreamKind } from '../domain/streams';
import type { TopicOptions } from './kafka-options';

/** Topics of events. Each holds a part of the log, in order for each key. */
export const EVENT_TOPICS = ['orders', 'activity', 'catalogue'] as const;
export type EventTopic = (typeof EVENT_TOPICS)[number];

/** Changes of the read models. */
export const AGGREGATES_TOPIC = 'order-aggregates';

export type Topic = EventTopic | typeof AGGREGATES_TOPIC;
const TOPICS: readonly Topic[] = [...EVENT_TOPICS, AGGREGATES_TOPIC];

/** An event has at most 1 MiB. The rest is room for the envelope and for escapes. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;

/** The topic that the events of each kind of stream go to. */
export const TOPIC_OF: Readonly<Record<StreamKind, EventTopic>> = {
  order: 'orders',
  creditNote: 'orders',
  customer: 'catalogue',
  product: 'catalogue',
  session: 'activity',
  store: 'catalogue',
};

/**
 * The topic of a stream's events. A stream of an unknown kind goes to `catalogue`, so that no event is left
 * out.
 */
export const topicOf = (stream: string): EventTopic => TOPIC_OF[kindOfStream(stream) ?? 'store'];

export interface FoundTopic {
  topic: Topic;
  /** with the prefix */
  name: string;
  partitions: number;
  /** it was missing, and has been created now */
  created: boolean;
  /** the largest record batch that it takes, in bytes */
  maxMessageBytes: number;
  /** Kafka discards older records of a key, which must not happen to events */
  compacted: boolean;
}

/**
 * Creates the missing topics, with unlimited retention and room for any event. Leaves existing ones as they
 * are.
 * @returns all topics
 */
export async function ensureTopics(
  admin: Admin,
  prefix: string,
  { partitions, replicationFactor = -1 }: TopicOptions,
): Promise<FoundTopic[]> {
  const existing = new Set(await admin.listTopics());
  const missing = TOPICS.filter((topic) => !existing.has(prefix + topic));
  if (missing.length > 0) {
    // It answers false when another process has just created all of them, and fails when it was some of them.
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map((topic) => ({
        topic: prefix + topic,
        numPartitions: partitions,
        replicationFactor,
        configEntries: [
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'retention.ms', value: '-1' },
          { name: 'max.message.bytes', value: String(MAX_MESSAGE_BYTES) },
        ],
      })),
    });
  }
  const names = TOPICS.map((topic) => prefix + topic);
  const [{ topics }, { resources }] = await Promise.all([
    admin.fetchTopicMetadata({ topics: names }),
    admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: ['max.message.bytes', 'cleanup.policy'],
      })),
    }),
  ]);
  return TOPICS.map((topic) => {
    const name = prefix + topic;
    const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
    const setting = (key: string) => entries.find(({ configName }) => configName === key)?.configValue;
    return {
      topic,
      name,
      partitions: topics.find((found) => found.name === name)?.partitions.length ?? 0,
      created: missing.includes(topic),
      maxMessageBytes: Number(setting('max.message.bytes') ?? MAX_MESSAGE_BYTES),
      compacted: setting('cleanup.policy')?.includes('compact') ?? false,
    };
  });
}
