import type { Pool, QueryArrayConfig } from 'pg';
import { int4Array, jsonArray, textArray, timestamptzArray, uuidArray } from '../../postgres/columns';
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
    FROM tidemark.append($1::text[], $2::int4[], $3::int4[],
                         $4::uuid[], $5::text[], $6::int4[], $7::timestamptz[],
                         $8::json[], $9::json[], $10::int4[])`;

/** Appends to several different streams in one round trip and one transaction. Each has its own outcome. */
export async function appendBatch(pool: Pool, appends: readonly PendingAppend[]): Promise<AppendOutcome[]> {
  const events = appends.flatMap((append) => append.events);
  const statement: QueryArrayConfig & { query_timeout: number } = {
    name: 'tidemark.append',
    text: SQL,
    rowMode: 'array',
    query_timeout: TIMEOUT_MS,
    values: [
      textArray(appends.map(({ stream }) => stream)),
      int4Array(
        appends.map(({ expected }) => (typeof expected === 'number' ? expected : EXPECTED[expected])),
      ),
      int4Array(appends.map((append) => append.events.length)),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      int4Array(events.map(({ schemaVersion }) => schemaVersion)),
      timestamptzArray(events.map(({ occurredAt }) => occurredAt)),
      jsonArray(events.map(({ data }) => data)),
      jsonArray(events.map(({ metadata }) => metadata)),
      int4Array(events.map(({ bytes }) => bytes)),
    ],
  };
  const { rows } = await pool.query<[AppendOutcome['outcome'], number, string | null]>(statement);
  return rows.map(([outcome, revision, position]) => ({ outcome, revision, position }));
}
