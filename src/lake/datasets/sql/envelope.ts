import { type Expression } from './expression';

/** The same SQL for every event, and never null. */
export const constant = (sql: string): Expression => ({ sql: () => sql, checks: [], of: 'event', reads: [] });
const column = (name: string): Expression => ({ ...constant(name), given: () => `${name} IS NOT NULL` });

/** The envelope of an event. */
export const envelope = {
  id: column('id'),
  stream: column('stream'),
  revision: column('revision'),
  position: column('position'),
  type: column('type'),
  data: column('data'),
  metadata: column('metadata'),
  occurredAt: { ...column('occurred_at'), sql: (d) => d.instant('occurred_at') } as Expression,
  recordedAt: { ...column('recorded_at'), sql: (d) => d.instant('recorded_at') } as Expression,
  occurredDay: { ...column('occurred_at'), sql: (d) => d.utcDay('occurred_at') } as Expression,
  recordedDay: { ...column('recorded_at'), sql: (d) => d.utcDay('recorded_at') } as Expression,
};

/** A column of the relation that is no part of an event. */
export const given = column;

/** The largest time of JavaScript, in microseconds. */
const LAST_TIME = '8640000000000000000';

/** The day of the event in the time zone of the store. */
export const businessDay: Expression = {
  sql: (d) => d.businessDay,
  given: (d) => `${d.businessDay} IS NOT NULL`,
  checks: [
    {
      fits: (d) => `${d.businessDay} IS NOT NULL`,
      reason: (d) =>
        `CASE WHEN occurred_at IS NULL THEN 'NaN is no time' ` +
        `WHEN occurred_at NOT BETWEEN -${LAST_TIME} AND ${LAST_TIME} ` +
        `THEN ${d.number('occurred_at / 1000')} || ' is no time' END`,
    },
  ],
  of: 'event',
  reads: [],
};
