import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { readValue } from '../kafka/read-value';
import type { TopicPartition } from './topic-partitions';

/** Up to where a partition has the log. */
export interface PartitionEnd extends TopicPartition {
  /** The partition says that it has the log up to here; '' while it has said nothing. */
  through: Position;
  /** recordedAt of the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** Consecutive records of one partition, decoded. */
export interface PartitionBatch extends PartitionEnd {
  events: RecordedEvent[];
}

/** The topics were filled from one event store and are read for another. */
export class ForeignRecordError extends Error {
  override readonly name = 'ForeignRecordError';
}

/**
 * Decodes records of a partition, events without their metadata. Leaves out records whose position an earlier
 * one has reached already.
 * @param name of the topic, with its prefix
 * @param source of the event store that the events must come from
 * @throws ForeignRecordError
 */
export function decodeBatch(
  records: readonly { value: Buffer | null }[],
  partition: TopicPartition,
  name: string,
  source: string,
): PartitionBatch {
  const events: RecordedEvent[] = [];
  let through = '';
  let throughRecordedAt = 0;
  for (const { value } of records) {
    const { event, position, recordedAt, source: from } = readValue(value);
    if (position && from !== source)
      throw new ForeignRecordError(
        `Topic ${name} has records of ${from}, but the event store is ${source}. ` +
          'Give this store topics of its own with KAFKA_TOPIC_PREFIX.',
      );
    if (position <= through) continue;
    if (event !== null) events.push(event);
    through = position;
    throughRecordedAt = recordedAt;
  }
  return { ...partition, events, through, throughRecordedAt };
}

/** The events of batches of different partitions, in the order of the log. */
export function inLogOrder(batches: readonly PartitionBatch[]): RecordedEvent[] {
  let runs = batches.map(({ events }) => events);
  while (runs.length > 1) {
    const halves = Math.ceil(runs.length / 2);
    runs = runs.slice(0, halves).map((run, i) => merged(run, runs[i + halves] ?? []));
  }
  return runs[0] ?? [];
}

/** Two ordered runs as one. Sorting would call a function for each comparison, which takes twice as long. */
function merged(left: RecordedEvent[], right: RecordedEvent[]): RecordedEvent[] {
  if (right.length === 0) return left;
  const events = new Array<RecordedEvent>(left.length + right.length);
  let [l, r] = [0, 0];
  for (let i = 0; i < events.length; i += 1) {
    const [a, b] = [left[l], right[r]];
    const isLeft = b === undefined || (a !== undefined && a.position < b.position);
    events[i] = (isLeft ? a : b) as RecordedEvent;
    if (isLeft) l += 1;
    else r += 1;
  }
  return events;
}
