import { createKeyedMutex, type InTurn } from '../concurrency/keyed-mutex';
import { isTimeZone } from '../domain/calendar';
import { minorDigits } from '../domain/currencies';
import type { EventStore } from '../event-store/event-store';
import { createStoreSettings, type StoreSettings } from './store-settings';

/** What commands run in: one per process and store. */
export interface CommandContext {
  store: EventStore;
  settings: StoreSettings;
  /** Unix milliseconds */
  now: () => number;
  /**
   * Commands of one stream run one after the other within a process, so that they do not lose races to each
   * other.
   */
  inTurn: InTurn;
}

/**
 * @param options.reportingCurrency ISO 4217, for a store that has no settings yet; it must agree with those
 *   that it has
 * @param options.timeZone IANA name, likewise
 * @throws RangeError when there is no such currency or time zone
 */
export function createCommandContext(options: {
  store: EventStore;
  reportingCurrency?: string;
  timeZone?: string;
  now?: () => number;
}): CommandContext {
  const { store, reportingCurrency, timeZone, now = Date.now } = options;
  if (reportingCurrency !== undefined && minorDigits(reportingCurrency) === undefined) {
    throw new RangeError(`There is no currency ${reportingCurrency}`);
  }
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new RangeError(`There is no time zone ${timeZone}`);
  const settings = createStoreSettings({ store, configured: { reportingCurrency, timeZone }, now });
  return { store, settings, now, inTurn: createKeyedMutex() };
}
