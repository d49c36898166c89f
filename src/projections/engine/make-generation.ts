import type { ClientBase, Pool } from 'pg';
import type { Projection } from '../projection';
import { CheckpointMovedError } from './errors';
import { findGeneration, type Generation, lockGenerations } from './generations';

/** Memory for putting the rows of a bulk build together. */
const FINISH_WORK_MEM = '128MB';

/**
 * Makes a projection's next generation, with empty tables. Call it in a transaction.
 * @param bulk fill the tables by the projection's bulk build, where it has one
 */
export async function createGeneration(
  client: ClientBase,
  projection: Projection,
  storeIdentity: string,
  { bulk = false } = {},
): Promise<Generation> {
  await lockGenerations(client);
  const { name, version, schemaSql, keysSql = '' } = projection;
  const last = await client.query<{ last: number }>(
    'SELECT coalesce(max(generation), 0) AS last FROM tidemark.generations WHERE projection = $1',
    [name],
  );
  const generation = (last.rows[0]?.last ?? 0) + 1;
  const schema = `${name.replaceAll('-', '_')}_g${generation}`;
  const build = bulk ? projection.bulk : undefined;
  await client.query(`CREATE SCHEMA ${schema}`);
  await inSchema(client, schema, schemaSql);
  await inSchema(client, schema, build ? build.schemaSql : keysSql);
  await setAutovacuum(client, projection, schema, false);
  await client.query(
    `INSERT INTO tidemark.generations
       (projection, generation, version, schema_name, status, bulk, store_identity, position)
     VALUES ($1, $2, $3, $4, 'building', $5, $6, '')`,
    [name, generation, version, schema, build !== undefined, storeIdentity],
  );
  return (await findGeneration(client, name, generation)) as Generation;
}

/**
 * Makes the tables of a generation what readers and live folds need: the rows of a bulk build come together
 * and get their keys, then come the indexes that only readers need, and statistics for the planner. Call it
 * in a transaction.
 * @throws CheckpointMovedError when another process dropped or completed the generation; DatabaseError, which
 *   is a data error where the rows of a bulk build contradict each other
 */
export async function completeGeneration(
  client: ClientBase,
  projection: Projection,
  { generation, schema, bulk }: Generation,
): Promise<void> {
  const found = await findGeneration(client, projection.name, generation, true);
  if (found?.bulk !== bulk)
    throw new CheckpointMovedError(
      `${projection.name} generation ${generation} was completed by another process`,
    );
  if (bulk) {
    await client.query(`SET LOCAL work_mem = '${FINISH_WORK_MEM}'`);
    await inSchema(client, schema, projection.bulk?.finishSql ?? '');
    await inSchema(client, schema, projection.keysSql ?? '');
  }
  await inSchema(client, schema, projection.indexesSql);
  await setAutovacuum(client, projection, schema, true);
  // A quarter of the usual sample is quick; autovacuum takes a better one in its own time.
  await client.query('SET LOCAL default_statistics_target = 25');
  await client.query(`ANALYZE ${projection.tables.map((table) => `${schema}.${table}`).join(', ')}`);
  // The commit counter is raised: a runner that was frozen in the middle of the build must not go on with it.
  await client.query(
    `UPDATE tidemark.generations SET indexed = true, bulk = false, commits = commits + 1
      WHERE projection = $1 AND generation = $2`,
    [projection.name, generation],
  );
}

/** Drops a generation with its tables. Call it in a transaction. */
export async function dropGeneration(client: ClientBase | Pool, generation: Generation): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${generation.schema} CASCADE`);
  await client.query('DELETE FROM tidemark.generations WHERE projection = $1 AND generation = $2', [
    generation.projection,
    generation.generation,
  ]);
}

/**
 * Nobody reads a build, and it writes most rows once: to vacuum and analyze its tables again and again would
 * take a good part of the server's time.
 */
async function setAutovacuum(
  client: ClientBase,
  { tables }: Projection,
  schema: string,
  isOn: boolean,
): Promise<void> {
  const change = isOn
    ? 'RESET (autovacuum_enabled, toast.autovacuum_enabled)'
    : 'SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)';
  await client.query(tables.map((table) => `ALTER TABLE ${schema}.${table} ${change}`).join(';'));
}

async function inSchema(client: ClientBase, schema: string, sql: string): Promise<void> {
  if (!sql.trim()) return;
  await client.query(`SET LOCAL search_path TO ${schema}`);
  await client.query(sql);
  await client.query('SET LOCAL search_path TO DEFAULT');
}
