import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase, Pool } from 'pg';
import type { Position } from '../../event-store/position';
import type { StoreFeed } from '../../feed/store-feed';
import { inTransaction } from '../../postgres/pool';
import { CheckpointMovedError, ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import { findGeneration, type Generation } from '../engine/generations';
import { PartitionPositions } from '../engine/partition-positions';
import type { Projection } from '../projection';
import { bringTo } from './catch-up';
import { compareTable, type TableComparison } from './compare-tables';
import { type GenerationsAccess, withGeneration } from './open-generation';

const GIVE_UP_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** A generation held against the published one, at the same position of the log. */
export interface Comparison {
  position: Position;
  equal: boolean;
  published: number;
  generation: number;
  tables: TableComparison[];
}

type Database = Pick<GenerationsAccess, 'databaseUrl' | 'pool'>;

/** Compares a generation that was set aside or retired with the published one. */
export async function compareGeneration(
  access: GenerationsAccess,
  projection: Projection,
  target: Generation,
): Promise<Comparison> {
  return withGeneration(access, projection, target, (runner, feed) =>
    compareWithPublished(access, runner, feed),
  );
}

/**
 * Compares a runner's generation with the published one: same rows, same hash, at the same position. The
 * published one is read in a snapshot, so its runner goes on; the other is brought to the snapshot's
 * position.
 * @throws ProjectionRequestError when nothing is published, when it was built from another store, or when it
 *   does not reach the runner's position within a minute
 */
export async function compareWithPublished(
  database: Database,
  runner: GenerationRunner,
  feed: StoreFeed,
  signal?: AbortSignal,
): Promise<Comparison> {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    signal?.throwIfAborted();
    const compare = (snapshot: ClientBase) => compareNow(snapshot, database, runner, feed);
    const options = { isolation: 'repeatable read', readOnly: true } as const;
    const comparison = await inTransaction(database.pool, compare, options);
    if (comparison) return comparison;
    if (Date.now() > deadline) await refuseStalled(database.pool, runner);
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** @returns null where the published generation has to get on before it can be compared */
async function compareNow(
  snapshot: ClientBase,
  database: Database,
  runner: GenerationRunner,
  feed: StoreFeed,
): Promise<Comparison | null> {
  const { projection } = runner;
  const published = await findComparable(snapshot, runner);
  const partitions = await PartitionPositions.load(snapshot, published);
  const furthest = partitions.furthest(published.position);
  if (furthest > published.position) {
    await alignPartitions(database, projection, published, furthest, feed);
    return null;
  }
  if (published.position < runner.position) return null;
  await bringTo(runner, feed, published.position);
  const schemas = { published: published.schema, other: runner.generation.schema };
  const tables: TableComparison[] = [];
  for (const table of projection.tables)
    tables.push(await compareTable(snapshot, database.pool, table, schemas));
  return {
    position: published.position,
    equal: tables.every(({ equal }) => equal),
    published: published.generation,
    generation: runner.generation.generation,
    tables,
  };
}

async function findComparable(
  client: ClientBase | Pool,
  { projection: { name }, generation }: GenerationRunner,
): Promise<Generation> {
  const published = await findGeneration(client, name, 'active');
  if (!published) throw new ProjectionRequestError(`${name} has no published generation to compare with.`);
  if (published.storeIdentity !== generation.storeIdentity)
    throw new ProjectionRequestError(
      `The published generation of ${name} was built from another event store, so there is nothing ` +
        'to compare with. Rebuild without --verify.',
    );
  return published;
}

async function refuseStalled(pool: Pool, runner: GenerationRunner): Promise<never> {
  const { position } = await findComparable(pool, runner);
  throw new ProjectionRequestError(
    `The published generation of ${runner.projection.name} stands at ${position || 'the start'}, ` +
      `before ${runner.position}, and does not get on: is a projector running?`,
  );
}

/**
 * Brings all partitions of a generation that Kafka feeds to one position, from the event store. Only then is
 * its state one that another generation can have, too. The runners of its partitions find their checkpoints
 * moved and start again from there.
 */
async function alignPartitions(
  { databaseUrl }: Database,
  projection: Projection,
  published: Generation,
  position: Position,
  feed: StoreFeed,
): Promise<void> {
  const runner = await GenerationRunner.open(projection, published, { databaseUrl, onPoison: 'park' });
  try {
    await bringTo(runner, feed, position);
  } catch (error) {
    // The runners of its partitions were quicker. The next look sees where they are.
    if (!(error instanceof CheckpointMovedError)) throw error;
  } finally {
    await runner.close();
  }
}
