import { date, int, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { envelope, given } from './sql/envelope';

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

/** Events that a dataset has refused. The exporter makes these rows of what it refuses. */
export const badRows = defineDataset({
  name: 'bad_rows',
  doc: 'Events that did not fit a dataset, with the reason, and what became of them.',
  columns,
  partitionBy: [{ column: 'recorded_date', transform: 'month' }],
  key: ['dataset', 'position', 'outcome'],
  needsNoSettings: true,
});
