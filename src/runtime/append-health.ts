import { StoreUnavailableError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { isPoolBusy } from '../postgres/pool';

/**
 * A failure is forgotten after this time without a further append: requests must be let in again to try one.
 */
const KNOWN_FOR_MS = 30_000;

export interface ObservedStore {
  store: EventStore;
  /** `ok`, or why the last append failed, if that was lately and none has succeeded since */
  appends(): string;
}

/**
 * Watches the appends of a store. One that can be read may still take no events: a full disk shows in appends
 * alone.
 */
export function observeAppends(inner: EventStore): ObservedStore {
  let failed: { message: string; at: number } | undefined;
  const append: EventStore['append'] = async (...args) => {
    try {
      const result = await inner.append(...args);
      failed = undefined;
      return result;
    } catch (error) {
      // Other errors are the append's own fault, and a busy pool is free again in a moment.
      if (error instanceof StoreUnavailableError && !isPoolBusy(error))
        failed = { message: error.message, at: performance.now() };
      throw error;
    }
  };
  const store: EventStore = {
    tellsResends: inner.tellsResends,
    append,
    identity: () => inner.identity(),
    readStream: (...args) => inner.readStream(...args),
    readAll: (...args) => inner.readAll(...args),
    readColumns: (...args) => inner.readColumns(...args),
    subscribeAll: (...args) => inner.subscribeAll(...args),
    head: () => inner.head(),
    countAfter: (position) => inner.countAfter(position),
    close: () => inner.close(),
  };
  const isKnown = () => failed !== undefined && performance.now() - failed.at < KNOWN_FOR_MS;
  return { store, appends: () => (failed && isKnown() ? failed.message : 'ok') };
}
