import type { RecordedEvent } from '../event-store/event';
import type { Position } from '../event-store/position';
import { fromValue } from '../kafka/record';
import type { TopicPartition } from './topic-partitions';

/** Consecutive records of one partition, decoded. */
export interface PartitionBatch extends TopicPartition {
  events: RecordedEvent[];
  /** The partition says that it has the log up to here; '' while it has said nothing. */
  through: Position;
  /** recordedAt of the event at `through`, Unix milliseconds */
  throughRecordedAt: number;
}

/** The topics were filled from one event store and are read for another. */
export class ForeignRecordError extends Error {
  override readonly name = 'ForeignRecordError';
}

/**
 * Decodes records of a partition. Leaves out records whose position an earlier one has reached already.
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
    const record = fromValue(value);
    const { position, recordedAt } = record.kind === 'event' ? record.event : record;
    if (position && record.source !== source)
      throw new ForeignRecordError(
        `Topic ${name} has records of ${record.source}, but the event store is ${source}. ` +
          'Give this store topics of its own with KAFKA_TOPIC_PREFIX.',
      );
    if (position <= through) continue;
    if (record.kind === 'event') events.push(record.event);
    through = position;
    throughRecordedAt = recordedAt;
  }
  return { ...partition, events, through, throughRecordedAt };
}
