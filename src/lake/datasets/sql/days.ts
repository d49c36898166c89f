import { type DuckDBConnection, DuckDBDateValue } from '@duckdb/node-api';
import { dayNumberIn } from '../../../domain/calendar';

const SLOT_US = 900_000_000;
const SLOT_MS = SLOT_US / 1_000;

/** `//` rounds towards zero. */
export const SLOT_OF = `CREATE OR REPLACE TEMP MACRO slot_of(instant) AS
  CASE WHEN instant < 0 THEN (instant + 1) // ${SLOT_US} - 1 ELSE instant // ${SLOT_US} END`;

/**
 * The business days of a window. A quarter of an hour that midnight cuts has no day of its own, but one for
 * each instant that `log` has in it. All are in one table, so that each event has a row there: a join gives
 * the events that have none behind the others.
 */
export const DAYS_TABLE =
  'CREATE TABLE IF NOT EXISTS days (slot BIGINT, day DATE, instants BIGINT[], instant_days DATE[])';

/** The day of an event, of the table `days` joined by `slot_of(occurred_at)`. */
export const DAY = 'coalesce(days.day, days.instant_days[list_position(days.instants, occurred_at)])';

/**
 * Fills `days` with the business day of each quarter of an hour that `log` has events in. It asks the
 * domain's calendar, so that every reader of the log counts the same day: DuckDB has time zones of its own.
 */
export async function fillDays(connection: DuckDBConnection, timeZone: string): Promise<void> {
  const dayOf = dayNumberIn(timeZone);
  await connection.run('DELETE FROM days');
  await connection.run('CREATE OR REPLACE TEMP TABLE days_found (moment BIGINT, day DATE)');
  const slots = await bigints(
    connection,
    'SELECT DISTINCT slot_of(occurred_at) FROM log WHERE occurred_at IS NOT NULL',
  );
  const cut: bigint[] = [];
  await append(connection, slots, (slot) => {
    const first = dayAt(dayOf, Number(slot) * SLOT_MS);
    const isWhole = first === dayAt(dayOf, (Number(slot) + 1) * SLOT_MS - 1);
    if (!isWhole) cut.push(slot);
    return isWhole ? first : undefined;
  });
  await connection.run('INSERT INTO days SELECT moment, day, NULL, NULL FROM days_found');
  if (cut.length === 0) return;
  const instants = await bigints(
    connection,
    `SELECT DISTINCT occurred_at FROM log WHERE slot_of(occurred_at) IN (${cut.join(', ')})`,
  );
  await connection.run('DELETE FROM days_found');
  await append(connection, instants, (instant) =>
    dayAt(dayOf, Number((instant < 0n ? instant - 999n : instant) / 1_000n)),
  );
  await connection.run(
    'INSERT INTO days SELECT slot_of(moment), NULL, list(moment), list(day) FROM days_found GROUP BY 1',
  );
}

/** The last time that is one, in milliseconds. */
const LAST_TIME_MS = 8.64e15;

/** Days since 1970-01-01; null for a time that has no day. */
const dayAt = (dayOf: (at: number) => number | undefined, at: number): number | null =>
  Math.abs(at) <= LAST_TIME_MS ? (dayOf(at) ?? null) : null;

async function bigints(connection: DuckDBConnection, query: string): Promise<bigint[]> {
  const reader = await connection.runAndReadAll(query);
  return (reader.getColumns()[0] ?? []) as bigint[];
}

/** @param dayOf undefined: there is no row of this moment */
async function append(
  connection: DuckDBConnection,
  moments: readonly bigint[],
  dayOf: (moment: bigint) => number | null | undefined,
): Promise<void> {
  const appender = await connection.createAppender('days_found');
  for (const moment of moments) {
    const day = dayOf(moment);
    if (day === undefined) continue;
    appender.appendBigInt(moment);
    if (day === null) appender.appendNull();
    else appender.appendDate(new DuckDBDateValue(day));
    appender.endRow();
  }
  appender.closeSync();
}
