import type { ClientBase, Pool } from 'pg';
import type { RecordedEvent } from '../../event-store/event';
import type { Position } from '../../event-store/position';
import { jsonArray, textArray } from '../../postgres/columns';

type Client = Pick<ClientBase, 'query'> | Pool;

/** The generation that letters belong to. */
export interface GenerationKey {
  projection: string;
  generation: number;
}

export interface DeadLetter {
  position: Position;
  stream: string;
  type: string;
  /** what the fold said; null: the fold was not asked, because an earlier event of the stream is parked */
  reason: string | null;
  event: RecordedEvent;
  parkedAt: Date;
}

/** The streams that have parked events, behind which their next events have to wait. */
export async function parkedStreams(client: Client, key: GenerationKey): Promise<Set<string>> {
  const { rows } = await client.query<{ stream: string }>(
    'SELECT DISTINCT stream FROM tidemark.dead_letters WHERE projection = $1 AND generation = $2',
    [key.projection, key.generation],
  );
  return new Set(rows.map((row) => row.stream));
}

/** Parks events. Call it in the transaction that moves the checkpoint past them. */
export async function park(
  client: Client,
  key: GenerationKey,
  events: RecordedEvent[],
  reason: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO tidemark.dead_letters (projection, generation, position, stream, type, reason, payload)
     SELECT $1, $2, position, stream, type, $3, payload
       FROM unnest($4::text[], $5::text[], $6::text[], $7::json[]) AS e(position, stream, type, payload)`,
    [
      key.projection,
      key.generation,
      reason,
      textArray(events.map((event) => event.position)),
      textArray(events.map((event) => event.stream)),
      textArray(events.map((event) => event.type)),
      jsonArray(events.map((event) => JSON.stringify(event))),
    ],
  );
}

/** The parked events of a generation, of one stream or of all, in log order. */
export async function listDeadLetters(
  client: Client,
  key: GenerationKey,
  stream?: string,
): Promise<DeadLetter[]> {
  const { rows } = await client.query<Omit<DeadLetter, 'parkedAt'> & { parked_at: Date }>(
    `SELECT position, stream, type, reason, payload AS event, parked_at FROM tidemark.dead_letters
      WHERE projection = $1 AND generation = $2 AND ($3::text IS NULL OR stream = $3)
      ORDER BY position`,
    [key.projection, key.generation, stream ?? null],
  );
  return rows.map(({ parked_at, ...letter }) => ({ ...letter, parkedAt: parked_at }));
}

/** Removes letters that have been applied or skipped. */
export async function removeDeadLetters(
  client: Client,
  key: GenerationKey,
  positions: Position[],
): Promise<void> {
  await client.query(
    `DELETE FROM tidemark.dead_letters
      WHERE projection = $1 AND generation = $2 AND position = ANY($3::text[])`,
    [key.projection, key.generation, textArray(positions)],
  );
}

/** Gives a letter the reason for which the fold refused it again. */
export async function updateReason(
  client: Client,
  key: GenerationKey,
  position: Position,
  reason: string,
): Promise<void> {
  await client.query(
    `UPDATE tidemark.dead_letters SET reason = $4
      WHERE projection = $1 AND generation = $2 AND position = $3`,
    [key.projection, key.generation, position, reason],
  );
}
