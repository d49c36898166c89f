import type { Pool } from 'pg';
import type { TopicPartition } from '../../feed/topic-partitions';
import { int4Array, textArray } from '../../postgres/columns';
import { inTransaction } from '../../postgres/pool';
import { findGeneration, type Generation } from '../engine/generations';
import type { Projection } from '../projection';

const ADD_CHECKPOINTS = `
INSERT INTO tidemark.partition_checkpoints (projection, generation, topic, partition, position, recorded_at)
SELECT $1, $2, p.topic, p.partition, $3, $4 FROM unnest($5::text[], $6::int4[]) AS p(topic, partition)
ON CONFLICT DO NOTHING`;

/**
 * Hands a projection's published generation over from the event store to Kafka: each partition gets a
 * checkpoint of its own, at the generation's position. A runner that reads the event store finds its
 * checkpoint moved. A generation that Kafka feeds already is left as it is.
 * @returns null when no generation is published, or one of another version, which will be rebuilt
 */
export async function handOver(
  pool: Pool,
  projection: Projection,
  partitions: readonly TopicPartition[],
): Promise<Generation | null> {
  return inTransaction(pool, async (client) => {
    const found = await findGeneration(client, projection.name, 'active', true);
    if (!found || found.version !== projection.version) return null;
    const { rowCount: added } = await client.query(ADD_CHECKPOINTS, [
      found.projection,
      found.generation,
      found.position,
      found.recordedAt,
      textArray(partitions.map(({ topic }) => topic)),
      int4Array(partitions.map(({ partition }) => partition)),
    ]);
    if (added === 0) return found;
    await client.query(
      'UPDATE tidemark.generations SET commits = commits + 1 WHERE projection = $1 AND generation = $2',
      [found.projection, found.generation],
    );
    return { ...found, commits: found.commits + 1n };
  });
}
