import type { RecordedEvent } from '../../event-store/event';
import type { RowOf } from '../columns/table-definition';
import { date, int, string, timestamp } from './columns';
import { BadRowError, defineDataset } from './dataset';
import { envelope, given } from './sql/envelope';
import { utcDay } from './values';

const columns = [
  string(1, 'dataset', given('dataset'), 'the dataset that has no row of this event'),
  string(2, 'outcome', given('outcome'), 'REFUSED, or REDRIVEN: the dataset has its rows now'),
  string(3, 'reason', given('reason'), 'what was wrong; of a REDRIVEN row, empty'),
  string(4, 'event_type', envelope.type, 'such as OrderPlaced'),
  string(5, 'stream', envelope.stream, 'stream of the event'),
  int(6, 'revision', envelope.revision, 'number of the event within its stream, from 0'),
  string(7, 'position', envelope.position, 'place in the log; compares as text'),
  string(8, 'payload', envelope.data, 'data of the event, JSON'),
  timestamp(9, 'recorded_at', envelope.recordedAt, 'when the store wrote the event'),
  date(10, 'recorded_date', envelope.recordedDay, 'its day in UTC'),
] as const;

/** Events that a dataset has refused. The exporter makes these rows, not `rows`. */
export const badRows = defineDataset({
  name: 'bad_rows',
  doc: 'Events that did not fit a dataset, with the reason, and what became of them.',
  columns,
  partitionBy: [{ column: 'recorded_date', transform: 'month' }],
  key: ['dataset', 'position', 'outcome'],
  needsNoSettings: true,
  rows: () => [],
});

/** A row that says that a dataset refused an event; without a reason, that it has taken the event at last. */
export function badRow(dataset: string, event: RecordedEvent, reason?: string): RowOf<typeof columns> {
  return {
    dataset,
    outcome: reason === undefined ? 'REDRIVEN' : 'REFUSED',
    reason: reason ?? '',
    event_type: event.type,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    payload: JSON.stringify(event.data),
    recorded_at: event.recordedAt,
    recorded_date: utcDay(event.recordedAt),
  };
}

/**
 * The reason for a refusal, for people. An error other than BadRowError is unexpected, so its name is shown.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof BadRowError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
