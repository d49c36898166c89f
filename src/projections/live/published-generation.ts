import type { Pool } from 'pg';
import { inTransaction } from '../../postgres/pool';
import { activate, findGeneration, type Generation, lockGenerations } from '../engine/generations';
import { completeGeneration, createGeneration } from '../engine/make-generation';
import type { Projection } from '../projection';

/** The published generation of a projection. Where there is none, publishes the first one, empty. */
export async function publishedGeneration(
  pool: Pool,
  projection: Projection,
  storeIdentity: string,
): Promise<Generation> {
  const published = await findGeneration(pool, projection.name, 'active');
  if (published) return published;
  await inTransaction(pool, async (client) => {
    await lockGenerations(client);
    if (await findGeneration(client, projection.name, 'active')) return;
    const generation = await createGeneration(client, projection, storeIdentity);
    await completeGeneration(client, projection, generation);
    await activate(client, projection, generation);
  });
  return (await findGeneration(pool, projection.name, 'active')) as Generation;
}
