import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { StoreFeed } from '../../feed/store-feed';
import { inTransaction } from '../../postgres/pool';
import type { GenerationRunner } from '../engine/generation-runner';
import {
  activate,
  dropGeneration,
  findGeneration,
  type Generation,
  listGenerations,
} from '../engine/generations';
import { PartitionPositions } from '../engine/partition-positions';
import { AdvanceNotifier } from '../progress/advance';
import type { Projection, ProjectionClient } from '../projection';

/** lock_not_available and deadlock_detected: a reader was in the way. */
const IN_THE_WAY = new Set(['55P03', '40P01']);
const LOCK_TIMEOUT = '300ms';
const GIVE_UP_MS = 60_000;

/**
 * Switches readers to a generation, in one transaction, never back in time: while it holds the published
 * generation's row its runner waits, so the new one can be brought to the very position that readers have
 * seen. Queries that hold a view make it step back and try again, so that they never wait for long.
 */
export async function publish(
  pool: Pool,
  projection: Projection,
  runner: GenerationRunner,
  feed: StoreFeed,
): Promise<void> {
  await feed.check(runner.generation);
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      await switchOnce(pool, projection, runner, feed);
      break;
    } catch (error) {
      if (!IN_THE_WAY.has((error as { code?: string }).code ?? '') || Date.now() > deadline) throw error;
      await delay(50 + Math.random() * 100);
    }
  }
  await runner.refresh();
  const notifier = new AdvanceNotifier(pool);
  notifier.announce([runner.generation]);
  await notifier.flush();
  await dropSuperseded(pool, projection);
}

async function switchOnce(
  pool: Pool,
  projection: Projection,
  runner: GenerationRunner,
  feed: StoreFeed,
): Promise<void> {
  // Most of the way without holding anything up.
  const published = await findGeneration(pool, projection.name, 'active');
  if (published) await keepUpWith(pool, published, runner, feed);
  await inTransaction(pool, async (client) => {
    await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
    const held = await findGeneration(client, projection.name, 'active', true);
    if (held) await keepUpWith(client, held, runner, feed);
    await activate(client, projection, runner.generation);
  });
}

/**
 * Brings a runner to what readers may have seen of a published generation: where Kafka feeds it, some
 * partitions are ahead of its position. Positions of another log say nothing: after a change of the event
 * store readers begin anew.
 */
async function keepUpWith(
  client: ProjectionClient | Pool,
  published: Generation,
  runner: GenerationRunner,
  feed: StoreFeed,
): Promise<void> {
  if (published.storeIdentity !== runner.generation.storeIdentity) return;
  const partitions = await PartitionPositions.load(client, published);
  await bringTo(runner, feed, partitions.furthest(published.position));
}

/** Applies the log up to a position; nothing to do where the runner is past it. */
export async function bringTo(runner: GenerationRunner, feed: StoreFeed, position: string): Promise<void> {
  if (runner.position >= position) return;
  for await (const batch of feed.history(runner.generation, { until: position })) await runner.apply(batch);
}

/**
 * Keeps one retired generation for a rollback and drops what is older. What readers still hold is left for
 * the next time.
 */
async function dropSuperseded(pool: Pool, projection: Projection): Promise<void> {
  const generations = (await listGenerations(pool)).filter((each) => each.projection === projection.name);
  const active = generations.find(({ status }) => status === 'active');
  const retired = generations.filter(({ status }) => status === 'retired');
  const kept = retired[retired.length - 1];
  for (const generation of retired) {
    if (generation === kept || generation === active) continue;
    await inTransaction(pool, async (client) => {
      await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
      await dropGeneration(client, generation);
    }).catch((error) => {
      if (!IN_THE_WAY.has(error.code)) throw error;
    });
  }
}
