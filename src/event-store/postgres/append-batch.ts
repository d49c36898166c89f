import type { Pool, QueryArrayConfig } from 'pg';
import { int4Array, textArray, timestamptzArray, uuidArray } from '../../postgres/columns';
import type { EncodedEvent } from '../encode-append';
import type { ExpectedRevision } from '../event-store';

/** An append that waits for its batch. */
export interface PendingAppend {
  stream: string;
  expected: ExpectedRevision;
  events: EncodedEvent[];
}

export interface AppendOutcome {
  outcome: 'written' | 'resent' | 'conflict';
  /**
   * of the append's last event; on a conflict of the stream's last event, -1 when the stream does not exist
   */
  revision: number;
  /** decimal; null on a conflict */
  position: string | null;
}

/** A commit that takes longer is abandoned. Its outcome is unknown then. */
const TIMEOUT_MS = 30_000;

const EXPECTED = { noStream: -1, any: -2, streamExists: -4 } as const;

const SQL = `
  SELECT outcome, revision, position
    FROM tidemark.append_batch($1::text[], $2::int4[], $3::int4[],
                               $4::uuid[], $5::text[], $6::int4[], $7::timestamptz[],
                               $8::text[], $9::text[], $10::int4[])`;

type Row = [outcome: AppendOutcome['outcome'] | 'all', revision: number, position: string | null];

/** Appends to several different streams in one round trip and one transaction. Each has its own outcome. */
export async function appendBatch(pool: Pool, appends: readonly PendingAppend[]): Promise<AppendOutcome[]> {
  const { rows } = await pool.query<Row>(statementOf(appends));
  const [first] = rows;
  if (first?.[0] === 'all') return allWritten(appends, Number(first[2]));
  return rows.map(([outcome, revision, position]) => ({ outcome, revision, position }) as AppendOutcome);
}

function statementOf(appends: readonly PendingAppend[]): QueryArrayConfig & { query_timeout: number } {
  const events = appends.flatMap((append) => append.events);
  let bytes = 0;
  return {
    name: 'tidemark.append_batch',
    text: SQL,
    rowMode: 'array',
    query_timeout: TIMEOUT_MS,
    values: [
      textArray(appends.map(({ stream }) => stream)),
      int4Array(appends.map(({ expected }) => revisionOf(expected))),
      int4Array(appends.map((append) => append.events.length)),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      int4Array(events.map(({ schemaVersion }) => schemaVersion)),
      timestamptzArray(events.map(({ occurredAt }) => occurredAt)),
      textArray(
        events.map(({ data }) => data),
        events.map(({ dataBytes }) => dataBytes),
      ),
      textArray(
        events.map(({ metadata }) => metadata),
        events.map(({ metadataBytes }) => metadataBytes),
      ),
      int4Array(
        events.map((event) => {
          bytes += event.bytes;
          return bytes;
        }),
      ),
    ],
  };
}

const revisionOf = (expected: ExpectedRevision): number =>
  typeof expected === 'number' ? expected : EXPECTED[expected];

/** Each append has one event, and was written at the revision behind the one that it expected. */
function allWritten(appends: readonly PendingAppend[], last: number): AppendOutcome[] {
  const first = last - appends.length + 1;
  return appends.map(({ expected }, i) => ({
    outcome: 'written',
    revision: revisionOf(expected) + 1,
    position: String(first + i),
  }));
}
