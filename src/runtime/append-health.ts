import { StoreUnavailableError } from '../event-store/errors';
import type { EventStore } from '../event-store/event-store';
import { isPoolBusy } from '../postgres/pool';

/** After this time without a try nobody knows, and somebody has to be let in to try. */
const KNOWN_FOR_MS = 30_000;

export interface ObservedStore {
  store: EventStore;
  /** `ok`, or why the last append failed, while none has succeeded since and that was not long ago */
  appends(): string;
}

/** A store that can be read may still take no events: a full disk shows in appends alone. */
export function observeAppends(inner: EventStore): ObservedStore {
  let failed: { message: string; at: number } | undefined;
  const append: EventStore['append'] = async (...args) => {
    try {
      const result = await inner.append(...args);
      failed = undefined;
      return result;
    } catch (error) {
      // What is at fault itself says nothing of the store, and a busy one has only to be waited for.
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
    subscribeAll: (...args) => inner.subscribeAll(...args),
    head: () => inner.head(),
    countAfter: (position) => inner.countAfter(position),
    close: () => inner.close(),
  };
  const isKnown = () => failed !== undefined && performance.now() - failed.at < KNOWN_FOR_MS;
  return { store, appends: () => (failed && isKnown() ? failed.message : 'ok') };
}
