import type { RecordedEvent } from '../../../src/event-store/event';
import type { EventStore } from '../../../src/event-store/event-store';
import type { KafkaOptions } from '../../../src/kafka/kafka-options';
import { partitionOf } from '../../../src/kafka/partition-of';
import { topicOf } from '../../../src/kafka/topics';
import { readTopics, type TopicRecord } from './read-topic';

/** What is wrong with the topics, as held against the log. */
export interface TopicCensus {
  /** positions that no topic has */
  lost: string[];
  /** positions that stand there more than once */
  doubled: string[];
  /**
   * positions in the wrong place: before an earlier one of their partition, or in another partition than
   * their key's
   */
  misplaced: string[];
  /** positions whose event is not the log's */
  changed: string[];
  /** ticks that promise a position that comes only after them */
  wrongTicks: string[];
}

export const NOTHING_WRONG: TopicCensus = {
  lost: [],
  doubled: [],
  misplaced: [],
  changed: [],
  wrongTicks: [],
};

/**
 * Holds the topics against the log: each event once, in its partition, in order, as it is in the log.
 * @param partitions of each topic
 */
export async function topicCensus(
  store: EventStore,
  kafka: KafkaOptions,
  partitions: number,
): Promise<TopicCensus> {
  const log = new Map<string, RecordedEvent>();
  for await (const { events } of store.readAll(null))
    for (const event of events) log.set(event.position, event);
  return compare(log, await readTopics(kafka), partitions);
}

function compare(log: Map<string, RecordedEvent>, records: TopicRecord[], partitions: number): TopicCensus {
  const census: TopicCensus = { lost: [], doubled: [], misplaced: [], changed: [], wrongTicks: [] };
  const seen = new Set<string>();
  const last = new Map<string, string>();
  const promised = new Map<string, string>();
  for (const { topic, partition, key, said } of records) {
    const place = `${topic} ${partition}`;
    if (said.kind === 'tick') {
      if (said.position > (promised.get(place) ?? '')) promised.set(place, said.position);
      continue;
    }
    const { position, stream } = said.event;
    if (seen.has(position)) census.doubled.push(position);
    seen.add(position);
    const isAtHome =
      topicOf(stream) === topic && partitionOf(stream, partitions) === partition && key === stream;
    if (!isAtHome || position < (last.get(place) ?? '')) census.misplaced.push(position);
    last.set(place, position);
    if (position <= (promised.get(place) ?? '')) census.wrongTicks.push(position);
    const event = log.get(position);
    if (JSON.stringify(event && plain(event)) !== JSON.stringify(plain(said.event)))
      census.changed.push(position);
  }
  census.lost = [...log.keys()].filter((position) => !seen.has(position));
  return census;
}

const plain = ({
  id,
  type,
  stream,
  revision,
  position,
  occurredAt,
  recordedAt,
  data,
  metadata,
}: RecordedEvent) => [
  [id, type, stream, revision, position, occurredAt, recordedAt],
  data,
  Object.entries(metadata).sort(),
];
