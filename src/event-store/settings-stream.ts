import type { RecordedEvent } from './event';
import type { EventStore } from './event-store';

/** The stream of the one StoreConfigured event. */
export const SETTINGS_STREAM = 'store';

/**
 * The settings of the store as they were stored, null before the first event that needed them.
 * @throws StoreUnavailableError
 */
export async function readSettings(
  store: Pick<EventStore, 'readStream'>,
): Promise<Extract<RecordedEvent, { type: 'StoreConfigured' }> | null> {
  for await (const events of store.readStream(SETTINGS_STREAM, { limit: 1 }))
    for (const event of events) if (event.type === 'StoreConfigured') return event;
  return null;
}
