import { AdvisoryLock } from '../../postgres/advisory-lock';
import { inTransaction } from '../../postgres/pool';
import { ProjectionRequestError } from '../engine/errors';
import { GenerationRunner } from '../engine/generation-runner';
import { findGeneration, type Generation } from '../engine/generations';
import { createGeneration, dropGeneration } from '../engine/make-generation';
import type { Projection } from '../projection';
import type { RebuildOptions } from './rebuild-options';

/** A generation that is being built. */
export interface Build {
  /** another one when the build begins anew */
  runner: GenerationRunner;
  /** an earlier rebuild began it */
  resumed: boolean;
}

/**
 * Takes the locks that let one rebuild of each projection run at a time.
 * @throws ProjectionRequestError when another process has one of them; then none is kept
 */
export async function lockProjections({ databaseUrl, projections }: RebuildOptions): Promise<AdvisoryLock[]> {
  const locks: AdvisoryLock[] = [];
  for (const { name } of projections) {
    const lock = await AdvisoryLock.tryAcquire(databaseUrl, `tidemark rebuild ${name}`);
    if (lock) {
      locks.push(lock);
      continue;
    }
    await Promise.all(locks.map((taken) => taken.release()));
    throw new ProjectionRequestError(`Projection ${name} is being rebuilt by another process already.`);
  }
  return locks;
}

/** Opens the unfinished build of a projection where it can be used, else drops it and begins a new one. */
export async function openBuild(projection: Projection, options: RebuildOptions): Promise<Build> {
  const identity = await options.store.identity();
  const unfinished = await findGeneration(options.pool, projection.name, 'building');
  const resumed = unfinished !== null && isUsable(unfinished, projection, identity, options);
  const generation = resumed
    ? unfinished
    : await inTransaction(options.pool, async (client) => {
        if (unfinished) await dropGeneration(client, unfinished);
        return createGeneration(client, projection, identity, { bulk: true });
      });
  return { runner: await openRunner(projection, generation, options), resumed };
}

/** Drops a bulk build whose rows contradict each other, and begins anew with the fold that is used live. */
export async function beginWithoutBulk(build: Build, options: RebuildOptions): Promise<void> {
  const { projection, generation } = build.runner;
  await build.runner.close();
  const next = await inTransaction(options.pool, async (client) => {
    await dropGeneration(client, generation);
    return createGeneration(client, projection, generation.storeIdentity);
  });
  build.runner = await openRunner(projection, next, options);
}

const openRunner = (projection: Projection, generation: Generation, options: RebuildOptions) =>
  GenerationRunner.open(projection, generation, {
    databaseUrl: options.databaseUrl,
    onPoison: options.park ? 'park' : 'stop',
  });

/** Is an unfinished build of the same code and the same log, and not past what is asked for now? */
function isUsable(
  unfinished: Generation,
  projection: Projection,
  identity: string,
  { until }: RebuildOptions,
): boolean {
  if (unfinished.version !== projection.version || unfinished.storeIdentity !== identity) return false;
  if (!until) return true;
  return 'position' in until
    ? unfinished.position <= until.position
    : (unfinished.recordedAt?.getTime() ?? 0) <= until.recordedAt;
}
