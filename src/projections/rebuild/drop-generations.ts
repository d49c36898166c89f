import type { Pool } from 'pg';
import { inTransaction } from '../../postgres/pool';
import { ProjectionRequestError } from '../engine/errors';
import { findGeneration, listGenerations } from '../engine/generations';
import { dropGeneration } from '../engine/make-generation';
import type { Projection } from '../projection';
import { isHeldByReader, waitBriefly } from './held-by-reader';

/**
 * Drops a generation that is not published.
 * @throws ProjectionRequestError when it is, or does not exist
 */
export async function dropUnpublished(pool: Pool, projection: Projection, generation: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    const target = await findGeneration(client, projection.name, generation, true);
    if (!target) throw new ProjectionRequestError(`${projection.name} has no generation ${generation}.`);
    if (target.status === 'active') {
      throw new ProjectionRequestError(
        `Generation ${generation} of ${projection.name} is published: switch first.`,
      );
    }
    await dropGeneration(client, target);
  });
}

/**
 * Drops all retired generations but the newest, which is kept for a rollback. One that a reader still holds
 * stays until the next switch.
 */
export async function dropSuperseded(pool: Pool, { name }: Projection): Promise<void> {
  const retired = (await listGenerations(pool)).filter(
    ({ projection, status }) => projection === name && status === 'retired',
  );
  for (const generation of retired.slice(0, -1)) {
    await inTransaction(pool, async (client) => {
      await waitBriefly(client);
      await dropGeneration(client, generation);
    }).catch((error) => {
      if (!isHeldByReader(error)) throw error;
    });
  }
}
