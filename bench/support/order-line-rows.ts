import type { RecordedEvent } from '../../src/event-store/event';
import type { Row } from '../../src/lake/columns/table-definition';
import { orderLines } from '../../src/lake/datasets/order-lines.dataset';
import { rowsOfEvent } from '../../src/warehouse/verify/rows/rows-of-event';
import { orderLog } from './order-log';

const SETTINGS = { reportingCurrency: 'EUR', timeZone: 'Europe/Berlin' };
const BATCH_ROWS = 4_000;

/** The rows of order_lines of a shop's log, in portions as an exporter reads them. */
export function* orderLineRows(rows: number): Generator<Row[]> {
  let left = rows;
  let batch: Row[] = [];
  let position = 0;
  // Three lines an order on average.
  for (const { stream, event } of orderLog(rows)) {
    position++;
    if (event.type !== 'OrderPlaced') continue;
    const recorded = { ...event, stream, revision: 0, recordedAt: event.occurredAt };
    const lines = rowsOfEvent(
      orderLines,
      { ...recorded, position: String(position).padStart(19, '0') } as RecordedEvent,
      SETTINGS,
    );
    batch.push(...lines.slice(0, left - batch.length));
    if (batch.length < Math.min(BATCH_ROWS, left)) continue;
    yield batch;
    left -= batch.length;
    if (left === 0) return;
    batch = [];
  }
}
