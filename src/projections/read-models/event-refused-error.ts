import type { RecordedEvent } from '../../event-store/event';

/** An event that the tables cannot take as they stand, e.g. a payment of an order that was never placed. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
  constructor(event: Pick<RecordedEvent, 'type' | 'stream' | 'position'>, reason: string) {
    super(`${event.type} of stream ${event.stream} at position ${event.position} was refused: ${reason}`);
  }
}
