import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import { type GenerationStatus, listGenerations } from '../engine/generations';

export interface ProjectionStatus {
  projection: string;
  generation: number;
  version: number;
  status: GenerationStatus;
  position: string;
  /** events of the log that it has not read yet */
  lagEvents: number;
  /** from the last event it has read to the end of the log, by their recording times */
  lagSeconds: number;
  deadLetters: number;
  /** dead letters of this log that were given up, whatever the generation */
  skippedEvents: number;
  /** built from another event store than this one, so that it has read nothing of this one's log */
  otherStore: boolean;
}

/** How every generation of every projection stands against the end of the log. */
export async function projectionStatus(pool: Pool, store: EventStore): Promise<ProjectionStatus[]> {
  const [generations, letters, skipped] = await Promise.all([
    listGenerations(pool),
    pool.query<{ projection: string; generation: number; letters: string }>(
      'SELECT projection, generation, count(*) AS letters FROM tidemark.dead_letters GROUP BY 1, 2',
    ),
    pool.query<{ projection: string; store_identity: string; events: string }>(
      'SELECT projection, store_identity, count(*) AS events FROM tidemark.skipped_events GROUP BY 1, 2',
    ),
  ]);
  const [head, identity] = await Promise.all([store.head(), store.identity()]);
  return Promise.all(
    generations.map(
      async ({ projection, generation, version, status, position, recordedAt, storeIdentity }) => {
        const otherStore = storeIdentity !== identity;
        const lagEvents = await store.countAfter(otherStore ? null : position || null);
        const behindMs =
          head && lagEvents > 0 && !otherStore
            ? head.recordedAt - (recordedAt?.getTime() ?? head.recordedAt)
            : 0;
        const parked = letters.rows.find(
          (row) => row.projection === projection && row.generation === generation,
        );
        const givenUp = skipped.rows.find(
          (row) => row.projection === projection && row.store_identity === storeIdentity,
        );
        return {
          projection,
          generation,
          version,
          status,
          position,
          lagEvents,
          lagSeconds: Math.max(0, behindMs) / 1000,
          deadLetters: Number(parked?.letters ?? 0),
          skippedEvents: Number(givenUp?.events ?? 0),
          otherStore,
        };
      },
    ),
  );
}
