import { changeEventTypes } from '../../domain/event-roles';
import { date, int, list, nullable, string, timestamp } from './columns';
import { defineDataset } from './dataset';
import { businessDay, envelope } from './sql/envelope';
import { fieldsOf } from './sql/values';

/** The order in which `changed_fields` names fields. */
export const CUSTOMER_FIELDS = ['name', 'email', 'country', 'region'] as const;

const change = fieldsOf(changeEventTypes('customer'));

/** What is known of customers, a row for each change. */
export const customers = defineDataset({
  name: 'customers',
  doc:
    'Every registration and change of a customer. ' +
    'Only the columns that changed_fields names were set by a row.',
  columns: [
    string(1, 'customer_id', change.text('customerId'), 'the customer'),
    int(
      2,
      'revision',
      envelope.revision,
      "place of the change in the customer's stream, from 0: the registration; " +
        'what changed nothing has a place, too',
    ),
    nullable(string(3, 'name', change.text('name'), 'new name')),
    nullable(string(4, 'email', change.text('email'), 'new e-mail address; null may be what it was set to')),
    nullable(string(5, 'country', change.text('country'), 'new country; null may be what it was set to')),
    nullable(string(6, 'region', change.text('region'), 'new region; null may be what it was set to')),
    list(
      7,
      'changed_fields',
      change.present(CUSTOMER_FIELDS),
      'which of name, email, country, region this row sets',
    ),
    timestamp(8, 'changed_at', envelope.occurredAt, 'when it changed'),
    string(9, 'position', envelope.position, 'place in the log of the event; compares as text'),
    date(10, 'change_date', businessDay, 'day of changed_at in the time zone of the store'),
  ],
  partitionBy: [{ column: 'change_date', transform: 'month' }],
  key: ['customer_id', 'revision'],
  eventTypes: change.types,
});
