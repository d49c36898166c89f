import { dataJson, metadataJson } from '../../../event-store/stored-event';
import { events } from '../../../lake/datasets/events.dataset';
import { rowsFor } from './rows-for';
import { utcDay } from './values';

export const eventRows = rowsFor(events, (event) => [
  {
    id: event.id,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    event_type: event.type,
    event_date: utcDay(event.occurredAt),
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    data: dataJson(event),
    metadata: metadataJson(event),
  },
]);
