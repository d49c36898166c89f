import type { ClientBase, Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import type { DeadLetter } from './dead-letters';
import type { Generation } from './generations';

type Client = Pick<ClientBase, 'query'> | Pool;

/** A projection over one log: its skipped events are the same in all generations. */
type Log = Pick<Generation, 'projection' | 'storeIdentity'>;

/** Why an event was given up, and by whom. */
export interface SkipDecision {
  reason: string;
  /** user and machine */
  by: string;
}

export interface SkippedEvent {
  position: Position;
  stream: string;
  type: string;
  /** what the fold said last */
  refusal: string;
  reason: string;
  skippedBy: string;
  skippedAt: Date;
  event: RecordedEvent;
}

/** The positions that no generation of a projection folds. */
export async function skippedPositions(
  client: Client,
  { projection, storeIdentity }: Log,
): Promise<Set<Position>> {
  const { rows } = await client.query<{ position: string }>(
    'SELECT position FROM tidemark.skipped_events WHERE projection = $1 AND store_identity = $2',
    [projection, storeIdentity],
  );
  return new Set(rows.map(({ position }) => position));
}

/** The skipped events of a projection, of one stream or of all, in log order. */
export async function listSkippedEvents(
  client: Client,
  { projection, storeIdentity }: Log,
  stream?: string,
): Promise<SkippedEvent[]> {
  const { rows } = await client.query<SkippedEvent>(
    `SELECT position, stream, type, refusal, reason, skipped_by AS "skippedBy", skipped_at AS "skippedAt",
            payload AS event
       FROM tidemark.skipped_events
      WHERE projection = $1 AND store_identity = $2 AND ($3::text IS NULL OR stream = $3)
      ORDER BY position`,
    [projection, storeIdentity, stream ?? null],
  );
  return rows;
}

/** Records that a dead letter was given up. Call it in the transaction that removes the letter. */
export async function recordSkip(
  client: Client,
  { projection, storeIdentity }: Log,
  { position, stream, type, event }: DeadLetter,
  { refusal, reason, by }: SkipDecision & { refusal: string },
): Promise<void> {
  await client.query(
    `INSERT INTO tidemark.skipped_events
            (projection, store_identity, position, stream, type, refusal, reason, skipped_by, payload)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [projection, storeIdentity, position, stream, type, refusal, reason, by, JSON.stringify(event)],
  );
}
