import { createStoreSettings, SettingsConflictError } from '../commands/store-settings';
import type { EventStore } from '../event-store/event-store';
import type { Config } from './config';
import { ConfigError } from './errors';

const VARIABLE = { reportingCurrency: 'REPORTING_CURRENCY', timeZone: 'STORE_TIME_ZONE' } as const;

/**
 * Checks the configured settings against those that the log was begun with. They never change after that:
 * every stored number depends on them.
 * @throws ConfigError when the configuration says something else than the log
 */
export async function checkStoreSettings(
  store: EventStore,
  { reportingCurrency, timeZone }: Config,
): Promise<void> {
  const configured = { reportingCurrency, timeZone };
  try {
    await createStoreSettings({ store, configured, now: Date.now }).stored();
  } catch (error) {
    if (!(error instanceof SettingsConflictError)) throw error;
    const name = VARIABLE[error.setting];
    throw new ConfigError([
      `${name}=${error.configured} contradicts the store, which was begun with ${error.stored} and keeps ` +
        'it: ' +
        `give ${name}=${error.stored}, leave it out, or use another store`,
    ]);
  }
}
