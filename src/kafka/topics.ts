import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { kindOfStream, type StreamKind } from '../domain/streams';
import type { TopicOptions } from './kafka-options';

/** Topics of events, each a part of the log in its order by key. */
export const EVENT_TOPICS = ['orders', 'activity', 'catalogue'] as const;
export type EventTopic = (typeof EVENT_TOPICS)[number];

/** Changes of the read models. */
export const AGGREGATES_TOPIC = 'order-aggregates';

export type Topic = EventTopic | typeof AGGREGATES_TOPIC;
const TOPICS: readonly Topic[] = [...EVENT_TOPICS, AGGREGATES_TOPIC];

/** An event has at most 1 MiB; around it stand the envelope and names, escaped. */
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

/** The topic that a stream's events go to. A stream of no known kind goes to `catalogue`: none is left out. */
export const topicOf = (stream: string): EventTopic => TOPIC_OF[kindOfStream(stream) ?? 'store'];

export interface FoundTopic {
  topic: Topic;
  /** with the prefix */
  name: string;
  partitions: number;
  /** it was missing and has been made */
  created: boolean;
  /** largest batch of records that it takes, in bytes */
  maxMessageBytes: number;
  /** its records are thrown away by key, which must not happen to events */
  compacted: boolean;
}

/**
 * Makes the topics that are missing, for ever kept and large enough for any event, and answers what is there.
 * Those that exist are left as they are.
 */
export async function ensureTopics(
  admin: Admin,
  prefix: string,
  { partitions, replicationFactor = -1 }: TopicOptions,
): Promise<FoundTopic[]> {
  const existing = new Set(await admin.listTopics());
  const missing = TOPICS.filter((topic) => !existing.has(prefix + topic));
  if (missing.length > 0) {
    // Answers false where another process was faster with all of them, and fails where it was with some.
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
