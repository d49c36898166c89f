import type { Pool } from 'pg';
import type { EventStore } from '../../event-store/event-store';
import { StoreFeed } from '../../feed/store-feed';
import { ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import { type Generation, listGenerations } from '../engine/generations';
import type { Projection } from '../projection';

export interface GenerationsAccess {
  databaseUrl: string;
  pool: Pool;
  store: EventStore;
}

/**
 * The generation that a command means: the given one, or the newest in one of `statuses`.
 * @throws ProjectionRequestError when there is none, or the given one is active or still being built
 */
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
 * Opens a generation that is not published, for `work` to apply events to it.
 * @throws ProjectionRequestError when another version of the projection's code built it
 */
export async function withGeneration<T>(
  { databaseUrl, store }: GenerationsAccess,
  projection: Projection,
  target: Generation,
  work: (runner: GenerationRunner, feed: StoreFeed) => Promise<T>,
): Promise<T> {
  if (target.version !== projection.version) {
    throw new ProjectionRequestError(
      `Generation ${target.generation} of ${projection.name} was built by version ${target.version} ` +
        `of its code; this program has version ${projection.version} and cannot go on with it. ` +
        'Run the release that built it, or rebuild.',
    );
  }
  const runner = await GenerationRunner.open(projection, target, { databaseUrl, onPoison: 'park' });
  try {
    return await work(runner, new StoreFeed(store));
  } finally {
    await runner.close();
  }
}
