import type { Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { PositionsByTopic } from './known-partitions';

/** The checkpoint of a projection's published generation. */
export interface PublishedPosition {
  position: Position;
  /** when the event at `position` was recorded, Unix milliseconds; null before the first event */
  recordedAt: number | null;
  generation: number;
}

export interface PublishedProjection extends PublishedPosition {
  projection: string;
  /** empty where the event store feeds the generation */
  partitions: PositionsByTopic;
}

/** One statement, because one statement is one snapshot: positions and partitions belong together. */
const READ_PUBLISHED = `
SELECT p.projection, p.generation, p.position, p.recorded_at,
       (SELECT json_object_agg(topic, positions)
          FROM (SELECT topic, json_agg(position ORDER BY partition) AS positions
                  FROM tidemark.partition_checkpoints c
                 WHERE c.projection = p.projection AND c.generation = p.generation
                 GROUP BY topic) t) AS partitions
  FROM read.projections p`;

/** Reads how far every published generation is. */
export async function readPublished(pool: Pool): Promise<PublishedProjection[]> {
  const { rows } = await pool.query<{
    projection: string;
    generation: number;
    position: string;
    recorded_at: Date | null;
    partitions: PositionsByTopic | null;
  }>(READ_PUBLISHED);
  return rows.map(({ recorded_at, partitions, ...row }) => ({
    ...row,
    recordedAt: recorded_at?.getTime() ?? null,
    partitions: partitions ?? {},
  }));
}
