import type { RecordedEvent } from '../../../src/event-store/event';
import type { Row } from '../../../src/lake/columns/table-definition';
import { utcDay } from '../../../src/warehouse/verify/rows/values';

/** A row that says that a dataset refused an event; without a reason, that it has taken the event at last. */
export function badRow(dataset: string, event: RecordedEvent, reason?: string): Row {
  return {
    dataset,
    outcome: reason === undefined ? 'REDRIVEN' : 'REFUSED',
    reason: reason ?? '',
    event_type: event.type,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    payload: JSON.stringify(event.data),
    recorded_at: event.recordedAt,
    recorded_date: utcDay(event.recordedAt),
  };
}
