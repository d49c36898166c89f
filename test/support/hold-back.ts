import type { TestApi } from './api';

/**
 * Runs something while some read models cannot advance: a projector moves a checkpoint with every commit, and
 * these checkpoints are locked. Committed rows can be read, and the other read models advance.
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
