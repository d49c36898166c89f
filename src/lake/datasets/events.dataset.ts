import type { PartitionField } from '../columns/table-definition';
import { date, int, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { envelope } from './sql/envelope';

/** How the table may be partitioned, beside by type. */
export const EVENTS_PARTITIONS = ['month', 'day'] as const;
export type EventsPartition = (typeof EVENTS_PARTITIONS)[number];

/** Every event, as the log has it. */
export const events = defineDataset({
  name: 'events',
  doc: 'Every event of the log, a row each.',
  columns: [
    string(1, 'id', envelope.id, 'event id, a UUID'),
    string(2, 'stream', envelope.stream, 'stream of the event, such as order-42'),
    int(3, 'revision', envelope.revision, 'number of the event within its stream, from 0'),
    string(4, 'position', envelope.position, 'place in the log; compares as text'),
    string(5, 'event_type', envelope.type, 'such as OrderPlaced'),
    date(6, 'event_date', envelope.occurredDay, 'day of occurred_at in UTC'),
    timestamp(7, 'occurred_at', envelope.occurredAt, 'business time'),
    timestamp(8, 'recorded_at', envelope.recordedAt, 'when the store wrote it'),
    string(9, 'data', envelope.data, 'what happened, JSON in the newest shape of its type'),
    string(
      10,
      'metadata',
      envelope.metadata,
      'schema version, correlation, causation, idempotency key, actor: JSON',
    ),
  ],
  // By day, a history of twenty thousand days would be twenty thousand files in one cut.
  partitionBy: partitionedBy('month'),
  key: ['position'],
  needsNoSettings: true,
});

/** The partitions of the table. */
export function partitionedBy(partition: EventsPartition): PartitionField[] {
  return [
    { column: 'event_type', transform: 'identity' },
    { column: 'event_date', transform: partition === 'month' ? 'month' : 'identity' },
  ];
}
