import { streamEventTypes } from '../../domain/event-roles';
import { int, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';

const store = fieldsOf(streamEventTypes('store'));

/** The settings that every amount and day depends on: one row, from the first event of the log. */
export const settings = defineDataset({
  name: 'settings',
  doc: 'The settings of the store, a single row.',
  columns: [
    string(
      1,
      'reporting_currency',
      store.text('reportingCurrency'),
      'ISO 4217 code of the *_reporting amounts',
    ),
    int(
      2,
      'reporting_digits',
      store.currencyDigits('reportingCurrency'),
      'decimals of the smallest unit of the reporting currency',
    ),
    string(3, 'time_zone', store.text('timeZone'), 'IANA name of the zone of every business day'),
    timestamp(4, 'configured_at', envelope.occurredAt, 'when the store was configured'),
    string(5, 'position', envelope.position, 'place in the log of the event; compares as text'),
  ],
  partitionBy: [],
  key: ['position'],
  eventTypes: store.types,
  needsNoSettings: true,
});
