import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { StoreFeed } from '../../feed/store-feed';
import { inTransaction } from '../../postgres/pool';
import type { GenerationRunner } from '../engine/generation-runner';
import { activate, findGeneration, type Generation } from '../engine/generations';
import { completeGeneration } from '../engine/make-generation';
import { PartitionPositions } from '../engine/partition-positions';
import { AdvanceNotifier } from '../progress/advance';
import type { Projection, ProjectionClient } from '../projection';
import { bringTo, catchUp } from './catch-up';
import { dropSuperseded } from './drop-generations';
import { isHeldByReader, waitBriefly } from './held-by-reader';
import { type GenerationsAccess, withGeneration } from './open-generation';

const CATCH_UP_BATCH = 10_000;
const GIVE_UP_MS = 60_000;

/**
 * Brings a generation that was set aside or retired up to date, beside the published one, and switches
 * readers to it.
 * @returns the generation as it is published
 */
export async function switchGeneration(
  access: GenerationsAccess,
  projection: Projection,
  target: Generation,
): Promise<Generation> {
  return withGeneration(access, projection, target, async (runner, feed) => {
    await catchUp([runner], feed, { batchSize: CATCH_UP_BATCH });
    if (!target.indexed) {
      await inTransaction(access.pool, (client) => completeGeneration(client, projection, runner.generation));
      await runner.refresh();
    }
    await switchReaders(access.pool, runner, feed);
    return runner.generation;
  });
}

/**
 * Switches readers to a runner's generation in one transaction, and never back in time: the transaction holds
 * the published generation's row, so its runner waits, and the new generation can be brought to the very
 * position that readers have seen. While a query holds a view, the switch steps back and tries again, so
 * neither waits for long.
 * @throws Error of the database when queries have held the views for a minute
 */
export async function switchReaders(pool: Pool, runner: GenerationRunner, feed: StoreFeed): Promise<void> {
  await feed.check(runner.generation);
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    try {
      await switchOnce(pool, runner, feed);
      break;
    } catch (error) {
      if (!isHeldByReader(error) || Date.now() > deadline) throw error;
      await delay(50 + Math.random() * 100);
    }
  }
  await runner.refresh();
  const notifier = new AdvanceNotifier(pool);
  notifier.announce([runner.generation]);
  await notifier.flush();
  await dropSuperseded(pool, runner.projection);
}

async function switchOnce(pool: Pool, runner: GenerationRunner, feed: StoreFeed): Promise<void> {
  const { projection } = runner;
  // Most of the way is made before anything is locked.
  const published = await findGeneration(pool, projection.name, 'active');
  if (published) await bringToReaders(pool, published, runner, feed);
  await inTransaction(pool, async (client) => {
    await waitBriefly(client);
    const held = await findGeneration(client, projection.name, 'active', true);
    if (held) await bringToReaders(client, held, runner, feed);
    await activate(client, projection, runner.generation);
  });
}

/**
 * Brings a runner to what readers may have seen of the published generation. Where Kafka feeds that one, some
 * partitions are ahead of its position. Positions of another log say nothing: after a change of the event
 * store readers begin anew.
 */
async function bringToReaders(
  client: ProjectionClient | Pool,
  published: Generation,
  runner: GenerationRunner,
  feed: StoreFeed,
): Promise<void> {
  if (published.storeIdentity !== runner.generation.storeIdentity) return;
  const partitions = await PartitionPositions.load(client, published);
  await bringTo(runner, feed, partitions.furthest(published.position));
}
