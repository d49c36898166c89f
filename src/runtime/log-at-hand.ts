import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventStore } from '../event-store/event-store';
import type { Config } from './config';
import { findPostmaster } from './embedded-postgres/postmaster';
import { createLogger } from './logger';
import { openRuntime } from './runtime';

/**
 * Asks the event store of the configuration, if that starts and makes nothing: the database of DATABASE_URL,
 * or the embedded one while it runs.
 * @returns undefined where it cannot be asked, for whatever reason
 */
export async function withLogAtHand<T>(
  config: Config,
  ask: (store: EventStore) => Promise<T>,
): Promise<T | undefined> {
  try {
    if (config.databaseUrl === undefined && !(await isRunning(config.dataDir))) return undefined;
    const runtime = await openRuntime(config, {
      applicationName: 'tidemark (how far behind)',
      creates: false,
      logger: createLogger({ level: 'silent', fd: 2 }),
    });
    try {
      return await ask(runtime.store);
    } finally {
      await runtime.close();
    }
  } catch {
    return undefined;
  }
}

async function isRunning(dataDir: string): Promise<boolean> {
  const folder = await realpath(join(dataDir, 'postgres/data')).catch(() => undefined);
  return folder !== undefined && (await findPostmaster(folder))?.status === 'ready';
}
