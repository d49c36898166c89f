import { setTimeout as delay } from 'node:timers/promises';
import { readSettings } from '../event-store/settings-stream';
import type { ProjectionProgress } from '../projections/progress/progress';
import { projections } from '../projections/read-models/catalogue';
import type { Runtime } from './runtime';

const ANSWER_WITHIN_MS = 2_000;

/**
 * Whether this process can serve: by name, what it depends on, and `ok` or what is wrong with it. Every probe
 * asks, so it runs one short statement. An event store that is a server of its own is asked for one event of
 * one stream: the end of its log may lie behind many events of other programs.
 */
export function readiness(
  { pool, store, config }: Runtime,
  progress: ProjectionProgress,
  appends: () => string,
): () => Promise<Record<string, string>> {
  return async () => ({
    database: await stateOf(() => pool.query('SELECT 1')),
    ...(config.eventStoreUrl !== undefined && { 'event store': await stateOf(() => readSettings(store)) }),
    appends: appends(),
    ...Object.fromEntries(
      projections.map(({ name }) => [name, progress.current(name) ? 'ok' : 'has no generation yet']),
    ),
  });
}

async function stateOf(ask: () => Promise<unknown>): Promise<string> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      ask().then(
        () => 'ok',
        (error: Error) => error.message,
      ),
      delay(ANSWER_WITHIN_MS, 'does not answer', { signal: timeout.signal }),
    ]);
  } finally {
    timeout.abort();
  }
}
