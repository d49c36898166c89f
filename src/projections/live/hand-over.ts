import type { Pool } from 'pg';
import type { TopicPartition } from '../../feed/topic-partitions';
import { int4Array, textArray } from '../../postgres/columns';
import { inTransaction } from '../../postgres/pool';
import { findGeneration, type Generation } from '../engine/generations';
import type { Projection } from '../projection';

/**
 * Hands the published generation of a projection over from the event store to Kafka: from its position on,
 * each partition has a checkpoint of its own. Whoever fed it until now finds the checkpoint moved. Where that
 * was done before, nothing changes.
 * @returns null when none is published yet, or another version's: it will be rebuilt
 */
export async function handOver(
  pool: Pool,
  projection: Projection,
  partitions: readonly TopicPartition[],
): Promise<Generation | null> {
  return inTransaction(pool, async (client) => {
    const found = await findGeneration(client, projection.name, 'active', true);
    if (!found || found.version !== projection.version) return null;
    const { rowCount } = await client.query(
      `INSERT INTO tidemark.partition_checkpoints (projection, generation, topic, partition, position, recorded_at)
       SELECT $1, $2, p.topic, p.partition, $3, $4 FROM unnest($5::text[], $6::int4[]) AS p(topic, partition)
       ON CONFLICT DO NOTHING`,
      [
        found.projection,
        found.generation,
        found.position,
        found.recordedAt,
        textArray(partitions.map(({ topic }) => topic)),
        int4Array(partitions.map(({ partition }) => partition)),
      ],
    );
    if (rowCount === 0) return found;
    await client.query(
      'UPDATE tidemark.generations SET commits = commits + 1 WHERE projection = $1 AND generation = $2',
      [found.projection, found.generation],
    );
    return { ...found, commits: found.commits + 1n };
  });
}
