import { randomUUID } from 'node:crypto';
import type { StoreConfigured } from '../domain/events';
import { WrongExpectedRevisionError } from '../event-store/errors';
import type { EventMetadata, EventStore } from '../event-store/event-store';
import { readSettings, SETTINGS_STREAM } from '../event-store/settings-stream';
import { whileUnavailable } from './retry';

/**
 * The configuration names another value than the one that the store was set up with, which can never change.
 */
export class SettingsConflictError extends Error {
  override readonly name = 'SettingsConflictError';
  constructor(
    readonly setting: keyof StoreConfigured,
    readonly stored: string,
    readonly configured: string,
  ) {
    super(
      `The configuration says ${setting} ${configured}, but this store was set up with ${stored}. ` +
        'Every stored number depends on it, so it cannot be changed: configure the stored value, or none, ' +
        'or use another store.',
    );
  }
}

/** The settings of the store: stored once, before the first event that needs them. */
export interface StoreSettings {
  /**
   * What is stored; undefined before the first event that needed settings.
   * @throws SettingsConflictError when the configuration contradicts it
   */
  stored(): Promise<StoreConfigured | undefined>;
  /** What is stored, or what would be if the first sale were in this currency. Writes nothing. */
  preview(currency: string): Promise<StoreConfigured>;
  /**
   * Sees to it that settings are stored, and returns them. Without a currency they are stored only where the
   * configuration names all of them.
   * @throws SettingsConflictError when the configuration contradicts what is stored
   */
  ensure(currency: string | undefined, metadata: EventMetadata): Promise<StoreConfigured | undefined>;
}

export function createStoreSettings(options: {
  store: EventStore;
  configured: Partial<StoreConfigured>;
  /** Unix milliseconds */
  now: () => number;
}): StoreSettings {
  const { store, configured, now } = options;
  let known: StoreConfigured | undefined;
  let storing: Promise<StoreConfigured> | undefined;

  async function stored(): Promise<StoreConfigured | undefined> {
    if (known === undefined) {
      const found = (await whileUnavailable(() => readSettings(store)))?.data;
      if (found !== undefined) refuseConflict(configured, found);
      known = found;
    }
    return known;
  }

  function wanted(currency: string): StoreConfigured {
    const { reportingCurrency = currency, timeZone = 'UTC' } = configured;
    return { reportingCurrency, timeZone };
  }

  async function storeOnce(data: StoreConfigured, metadata: EventMetadata): Promise<StoreConfigured> {
    // The id is random: settings of two processes that start at once are two events, of which the store takes
    // one.
    const event = { id: randomUUID(), type: 'StoreConfigured', data, metadata, occurredAt: now() };
    try {
      await whileUnavailable(() => store.append(SETTINGS_STREAM, 'noStream', [event]));
      known = data;
      return data;
    } catch (error) {
      const winner = error instanceof WrongExpectedRevisionError ? await stored() : undefined;
      if (winner === undefined) throw error;
      return winner;
    }
  }

  return {
    stored,
    async preview(currency) {
      return (await stored()) ?? wanted(currency);
    },
    async ensure(saleCurrency, metadata) {
      const currency =
        saleCurrency ?? (configured.timeZone === undefined ? undefined : configured.reportingCurrency);
      if (known !== undefined || currency === undefined) return known;
      const found = await stored();
      if (found !== undefined) return found;
      storing ??= storeOnce(wanted(currency), metadata).finally(() => {
        storing = undefined;
      });
      return storing;
    },
  };
}

function refuseConflict(configured: Partial<StoreConfigured>, stored: StoreConfigured): void {
  for (const setting of ['reportingCurrency', 'timeZone'] as const) {
    const value = configured[setting];
    if (value !== undefined && value !== stored[setting]) {
      throw new SettingsConflictError(setting, stored[setting], value);
    }
  }
}
