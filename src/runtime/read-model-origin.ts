import { ForeignCheckpointError, StoreFeed } from '../feed/store-feed';
import { listGenerations } from '../projections/engine/generations';
import { StartupError } from './errors';
import type { Runtime } from './runtime';

/**
 * Refuses read models of another log, or of a later state of this one, as after the log was restored from a
 * backup. New events would never show in them.
 * @throws StartupError that says what to do
 */
export async function checkReadModelOrigin({ pool, store }: Pick<Runtime, 'pool' | 'store'>): Promise<void> {
  const feed = new StoreFeed(store);
  const active = (await listGenerations(pool)).filter(({ status }) => status === 'active');
  for (const generation of active) {
    try {
      await feed.check(generation);
    } catch (error) {
      if (!(error instanceof ForeignCheckpointError)) throw error;
      throw new StartupError(`Read model ${generation.projection}: ${error.message}`, { cause: error });
    }
  }
}
