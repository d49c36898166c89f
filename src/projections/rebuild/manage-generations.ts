import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import { StoreFeed } from '../../feed/store-feed';
import { inTransaction } from '../../postgres/pool';
import { ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import {
  dropGeneration,
  findGeneration,
  type Generation,
  indexGeneration,
  listGenerations,
} from '../engine/generations';
import type { Projection } from '../projection';
import { catchUp } from './catch-up';
import { type Comparison, compareWithPublished } from './comparison';
import { publish } from './publish';

export interface GenerationsAccess {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
}

const CATCH_UP_BATCH = 10_000;

/** The generation that a command means: the given one, or the newest that could be published. */
export async function chooseGeneration(
  pool: Pool,
  projection: Projection,
  statuses: Array<'ready' | 'retired'>,
  generation?: number,
): Promise<Generation> {
  const generations = (await listGenerations(pool)).filter((each) => each.projection === projection.name);
  const candidates = generations.filter((each) =>
    generation === undefined
      ? (statuses as string[]).includes(each.status)
      : each.generation === generation && each.status !== 'active' && each.status !== 'building',
  );
  const chosen = candidates[candidates.length - 1];
  if (chosen) return chosen;
  const have = generations.map((each) => `${each.generation} (${each.status})`).join(', ') || 'none';
  throw new ProjectionRequestError(
    generation === undefined
      ? `${projection.name} has no ${statuses.join(' or ')} generation. Its generations: ${have}.`
      : `${projection.name} has no generation ${generation} to take. Its generations: ${have}.`,
  );
}

/**
 * Brings a generation that was left aside or retired up to date, beside the published one, and switches to
 * it.
 */
export async function switchTo(
  access: GenerationsAccess,
  projection: Projection,
  target: Generation,
): Promise<Generation> {
  return withRunner(access, projection, target, async (runner, feed) => {
    await catchUp([runner], feed, { batchSize: CATCH_UP_BATCH });
    if (!target.indexed) {
      await inTransaction(access.pool, (client) => indexGeneration(client, projection, runner.generation));
    }
    await publish(access.pool, projection, runner, feed);
    return runner.generation;
  });
}

/** Holds a generation against the published one, at the same position. */
export async function diffWithPublished(
  access: GenerationsAccess,
  projection: Projection,
  target: Generation,
): Promise<Comparison> {
  return withRunner(access, projection, target, (runner, feed) =>
    compareWithPublished(access, projection, runner, feed),
  );
}

/** Drops a generation that is not published. */
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

async function withRunner<T>(
  { databaseUrl, store }: GenerationsAccess,
  projection: Projection,
  target: Generation,
  work: (runner: GenerationRunner, feed: StoreFeed) => Promise<T>,
): Promise<T> {
  if (target.version !== projection.version) {
    throw new ProjectionRequestError(
      `Generation ${target.generation} of ${projection.name} was built by version ${target.version} of its code; this program has ` +
        `version ${projection.version} and cannot go on with it. Run the release that built it, or rebuild.`,
    );
  }
  const runner = await GenerationRunner.open(projection, target, { databaseUrl, onPoison: 'park' });
  try {
    return await work(runner, new StoreFeed(store));
  } finally {
    await runner.close();
  }
}
