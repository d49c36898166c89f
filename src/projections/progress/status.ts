import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import { type Generation, type GenerationStatus, listGenerations } from '../engine/generations';

export interface ProjectionStatus {
  projection: string;
  generation: number;
  version: number;
  status: GenerationStatus;
  position: string;
  /** events of the log that it has not read yet */
  lagEvents: number;
  /** between the recording times of the last event that it has read and of the end of the log */
  lagSeconds: number;
  deadLetters: number;
  /** dead letters of its log that were given up, whatever the generation */
  skippedEvents: number;
  /** It was built from another event store than this one, and has read nothing of this one's log. */
  otherStore: boolean;
}

/** Tells of every generation of every projection how far behind the end of the log it is. */
export async function projectionStatus(pool: Pool, store: EventStore): Promise<ProjectionStatus[]> {
  const [generations, deadLetters, skippedEvents] = await Promise.all([
    listGenerations(pool),
    countDeadLetters(pool),
    countSkippedEvents(pool),
  ]);
  const [head, identity] = await Promise.all([store.head(), store.identity()]);
  const statusOf = async (one: Generation): Promise<ProjectionStatus> => {
    const { projection, generation, version, status, position, recordedAt, storeIdentity } = one;
    const otherStore = storeIdentity !== identity;
    const lagEvents = await store.countAfter(otherStore ? null : position || null);
    const isBehind = head !== null && recordedAt !== null && lagEvents > 0 && !otherStore;
    return {
      projection,
      generation,
      version,
      status,
      position,
      lagEvents,
      lagSeconds: isBehind ? Math.max(0, head.recordedAt - recordedAt.getTime()) / 1000 : 0,
      deadLetters: deadLetters.get(`${projection} ${generation}`) ?? 0,
      skippedEvents: skippedEvents.get(`${projection} ${storeIdentity}`) ?? 0,
      otherStore,
    };
  };
  return Promise.all(generations.map(statusOf));
}

/** By projection and generation, with a blank between them. */
async function countDeadLetters(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; letters: string }>(
    `SELECT concat_ws(' ', projection, generation) AS key, count(*) AS letters
       FROM tidemark.dead_letters GROUP BY 1`,
  );
  return new Map(rows.map(({ key, letters }) => [key, Number(letters)]));
}

/** By projection and identity of the log, with a blank between them. */
async function countSkippedEvents(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ key: string; events: string }>(
    `SELECT concat_ws(' ', projection, store_identity) AS key, count(*) AS events
       FROM tidemark.skipped_events GROUP BY 1`,
  );
  return new Map(rows.map(({ key, events }) => [key, Number(events)]));
}
