import type { RecordedEvent } from '../../../src/event-store/event';
import type { EventBatch } from '../../../src/event-store/event-store';

/** An event store with these events, which it reads in batches of five. */
export const storeOf = (all: readonly RecordedEvent[]) => ({
  async *readAll(after: string | null, { until = '~' } = {}): AsyncIterable<EventBatch> {
    const wanted = all.filter(({ position }) => position > (after ?? '') && position <= until);
    for (let start = 0; start < wanted.length; start += 5) {
      const batch = wanted.slice(start, start + 5);
      const last = batch.at(-1) as RecordedEvent;
      yield { events: batch, through: last.position, throughRecordedAt: last.recordedAt, caughtUp: false };
    }
  },
  async *readStream(stream: string): AsyncIterable<RecordedEvent[]> {
    yield all.filter((event) => event.stream === stream);
  },
});
