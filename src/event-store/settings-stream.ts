import type { RecordedEvent } from './event';
import type { EventStore } from './event-store';

/** The stream of the one StoreConfigured event. */
export const SETTINGS_STREAM = 'store';

/**
 * Reads the settings of the store; null before the first event that needed them.
 * @throws StoreUnavailableError
 */
export async function readSettings(
  store: Pick<EventStore, 'readStream'>,
): Promise<Extract<RecordedEvent, { type: 'StoreConfigured' }> | null> {
  for await (const events of store.readStream(SETTINGS_STREAM, { limit: 1 }))
    for (const event of events) if (event.type === 'StoreConfigured') return event;
  return null;
}
