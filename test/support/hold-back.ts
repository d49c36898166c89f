import type { TestApi } from './api';

/**
 * Does something while read models cannot move on: every commit of a projector moves a checkpoint, and these
 * are locked. What was committed before can be read, and the others move on: no batch is under way that one
 * of them would wait in.
 */
export async function whileHeldBack<T>(
  { database, projector }: Pick<TestApi, 'database' | 'projector'>,
  projections: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  await projector.caughtUp();
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    for (const table of ['generations', 'partition_checkpoints'])
      await client.query(`SELECT FROM tidemark.${table} WHERE projection = ANY($1) FOR UPDATE`, [
        projections,
      ]);
    return await work();
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
