import type { Pool } from 'pg';
import type { EventStore, RecordedEvent } from '../event-store/event-store';
import type { TopicPartition } from '../feed/topic-partitions';
import { int4Array, textArray } from '../postgres/columns';
import { inTransaction } from '../postgres/pool';
import { findGeneration, type Generation } from './generations';
import type { Projection } from './projection';

const SETTINGS_STREAM = 'store';

/**
 * Hands the published generation of a projection over from the event store to Kafka: from its position on, each partition has a
 * checkpoint of its own. Whoever fed it until now finds the checkpoint moved. Where that was done before, nothing changes.
 *
 * The store's settings are folded here where the generation has not got so far: they lie in a partition of their own, and
 * every number of the others rests on them.
 * @returns null when the projection cannot be fed from Kafka now: its published generation is another version's, or the store
 *   has no settings yet
 */
export async function handOver(
  pool: Pool,
  store: EventStore,
  projection: Projection,
  partitions: readonly TopicPartition[],
): Promise<Generation | null> {
  const settings = projection.eventTypes.includes('StoreConfigured') ? await readSettings(store) : undefined;
  if (settings === null) return null;
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
    if (settings && settings.position > found.position) {
      await client.query(`SET LOCAL search_path TO ${found.schema}`);
      await (await projection.open(client)).apply(client, [settings]);
    }
    await client.query(
      'UPDATE tidemark.generations SET commits = commits + 1 WHERE projection = $1 AND generation = $2',
      [found.projection, found.generation],
    );
    return { ...found, commits: found.commits + 1n };
  });
}

async function readSettings(store: EventStore): Promise<RecordedEvent | null> {
  for await (const [event] of store.readStream(SETTINGS_STREAM, { limit: 1 })) if (event) return event;
  return null;
}
