import type { StoreConfigured } from '../domain/events';
import type { EventStore } from '../event-store/event-store';
import type { Config } from './config';
import { ConfigError } from './errors';

const STREAM = 'store';

/** The settings that the log was begun with, undefined while it has none. */
export async function readStoreSettings(store: EventStore): Promise<StoreConfigured | undefined> {
  for await (const events of store.readStream(STREAM, { limit: 1 }))
    for (const event of events) if (event.type === 'StoreConfigured') return event.data;
  return undefined;
}

/**
 * Every number in the read models depends on the store's settings, so they are never changed after the first order.
 * @throws ConfigError when the configuration says something else than the log
 */
export async function checkStoreSettings(store: EventStore, config: Config): Promise<void> {
  const settings = await readStoreSettings(store);
  if (!settings) return;
  const problems: string[] = [];
  const check = (name: string, configured: string | undefined, stored: string) => {
    if (configured !== undefined && configured !== stored)
      problems.push(
        `${name}=${configured} contradicts the store, which was begun with ${stored} and keeps it: ` +
          `give ${name}=${stored} or leave it out`,
      );
  };
  check('REPORTING_CURRENCY', config.reportingCurrency, settings.reportingCurrency);
  check('STORE_TIME_ZONE', config.timeZone, settings.timeZone);
  if (problems.length > 0) throw new ConfigError(problems);
}
