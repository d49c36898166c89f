import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { until } from '../../../test/support/until';
import { migrate } from '../../postgres/migrate';
import { createPool } from '../../postgres/pool';
import { encodeAppend } from '../encode-append';
import type { NewEvent } from '../event';
import type { ExpectedRevision } from '../event-store';
import { newEvents } from '../features/harness';
import { appendBatch, type PendingAppend } from './append-batch';
import { eventStoreMigrations } from './migrations';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await migrate(database.pool, [eventStoreMigrations]);
});
afterEach(() => database.drop());

const pending = (stream: string, expected: ExpectedRevision, events: NewEvent[]): PendingAppend => ({
  stream,
  expected,
  events: encodeAppend(stream, expected, events),
});
const one = (stream: string, expected: ExpectedRevision = 'noStream') =>
  pending(stream, expected, newEvents(1));
const append = (...appends: PendingAppend[]) => appendBatch(database.pool, appends);

const written = (revision: number, position: number) => ({
  outcome: 'written',
  revision,
  position: String(position),
});
const conflict = (revision: number) => ({ outcome: 'conflict', revision, position: null });

/** Every event as `stream@revision`, after a look at what must hold of any log. */
async function log(): Promise<string[]> {
  const { rows } = await database.pool.query<{ event: string; dense: boolean; bytes: boolean }>(`
    SELECT stream || '@' || revision AS event,
           position = row_number() OVER log AS dense,
           log_bytes = sum(octet_length(data) + octet_length(metadata)) OVER log AS bytes
      FROM tidemark.events WINDOW log AS (ORDER BY position)`);
  expect(rows.filter(({ dense, bytes }) => !dense || !bytes)).toEqual([]);
  return rows.map(({ event }) => event);
}

it('writes a batch of new streams and of streams that are where they are expected', async () => {
  expect(await append(one('a'), one('b'))).toEqual([written(0, 1), written(0, 2)]);
  expect(await append(one('c'), one('a', 0), one('d'))).toEqual([
    written(0, 3),
    written(1, 4),
    written(0, 5),
  ]);
  expect(await append(one('a', 1))).toEqual([written(2, 6)]);
  expect(await log()).toEqual(['a@0', 'b@0', 'c@0', 'a@1', 'd@0', 'a@2']);
});

it.each<[string, () => PendingAppend, ReturnType<typeof conflict>]>([
  ['is there already', () => one('old'), conflict(1)],
  ['has gone on', () => one('old', 0), conflict(1)],
  ['is shorter', () => one('old', 2), conflict(1)],
  ['is missing', () => one('none', 0), conflict(-1)],
])('fails an append alone whose stream %s', async (_, bad, outcome) => {
  await append(pending('old', 'noStream', newEvents(2)));
  expect(await append(one('a'), bad(), one('old2'))).toEqual([written(0, 3), outcome, written(0, 4)]);
  expect(await append(bad())).toEqual([outcome]);
  expect(await append(one('old', 1))).toEqual([written(2, 5)]);
  expect(await log()).toEqual(['old@0', 'old@1', 'a@0', 'old2@0', 'old@2']);
});

it('answers what was sent before with its first result, among new appends', async () => {
  const [first, next] = [one('a'), one('a', 0)];
  await append(first, one('b'));
  await append(next);
  expect(await append(first, one('c'))).toEqual([{ ...written(0, 1), outcome: 'resent' }, written(0, 4)]);
  expect(await append(next)).toEqual([{ ...written(1, 3), outcome: 'resent' }]);
  expect(await log()).toEqual(['a@0', 'b@0', 'a@1', 'c@0']);
});

it('takes every kind of append in one batch', async () => {
  await append(pending('old', 'noStream', newEvents(3)));
  expect(
    await append(
      one('a'),
      pending('b', 'noStream', newEvents(2)),
      one('old', 'any'),
      one('none', 'streamExists'),
      one('c', 'any'),
    ),
  ).toEqual([written(0, 4), written(1, 6), written(3, 7), conflict(-1), written(0, 8)]);
  expect(await log()).toEqual(['old@0', 'old@1', 'old@2', 'a@0', 'b@0', 'b@1', 'old@3', 'c@0']);
});

it('announces one head for each batch that wrote, and none for one that did not', async () => {
  const client = await database.pool.connect();
  const heads: (string | undefined)[] = [];
  client.on('notification', ({ payload }) => heads.push(payload));
  await client.query('LISTEN tidemark_events');
  const first = one('a');
  await append(first, one('b'));
  await append(first);
  await append(one('a', 7), one('c'));
  await append(one('b', 0));
  await client.query('SELECT 1');
  await client.query('UNLISTEN *');
  client.release();
  expect(heads).toEqual(['2', '3', '4']);
});

it('looks each stream up, even with a plan from a time when the log was small', async () => {
  const pool = createPool({ url: database.url, max: 1, applicationName: 'appends' });
  await appendBatch(pool, [one('a'), one('b'), one('z')]);
  await pool.query('ANALYZE tidemark.events');
  for (let revision = 0; revision < 10; revision++) await appendBatch(pool, [one('z', revision)]);
  await appendBatch(
    pool,
    Array.from({ length: 1_000 }, (_, n) => one(`s-${n}`)),
  );
  for (let revision = 10; revision < 20; revision++) await appendBatch(pool, [one('z', revision)]);
  // PostgreSQL publishes the counts of a session when the session ends.
  await pool.end();
  const counts = async () =>
    (
      await database.pool.query<{ scans: number; rows: number }>(
        `SELECT idx_scan::int AS scans, idx_tup_read::int AS rows
           FROM pg_stat_user_indexes WHERE indexrelname = 'events_stream_revision_key'`,
      )
    ).rows[0] as { scans: number; rows: number };
  await until(async () => (await counts()).scans >= 20);
  expect((await counts()).rows).toBeLessThan(100);
});
