import type { StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { EventStore } from '../../event-store/event-store';
import type { Position } from '../../event-store/position';
import { BadRowError, type Dataset, type Row } from '../../export/dataset';
import { eventDatasets } from '../../export/datasets/catalogue';

/** The rows that the events of a batch make. */
export interface LogBatch {
  rows: { dataset: Dataset; position: Position; row: Row }[];
  through: Position;
}

const BATCH_SIZE = 5_000;

/** What the lake should have up to a position, straight from the log. An event that a dataset refuses has no row in it. */
export async function* rowsOfLog(
  store: Pick<EventStore, 'readAll'>,
  until: Position,
  signal?: AbortSignal,
): AsyncIterable<LogBatch> {
  let settings: StoreConfigured | undefined;
  for await (const { events, through } of store.readAll(null, { until, batchSize: BATCH_SIZE, signal })) {
    const rows: LogBatch['rows'] = [];
    for (const event of events) {
      if (event.type === 'StoreConfigured') settings = event.data;
      for (const dataset of eventDatasets) {
        for (const row of rowsOf(dataset, event, settings))
          rows.push({ dataset, position: event.position, row });
      }
    }
    yield { rows, through };
  }
}

function rowsOf(dataset: Dataset, event: RecordedEvent, settings: StoreConfigured | undefined): Row[] {
  try {
    return dataset.rows(event, settings);
  } catch (error) {
    if (error instanceof BadRowError) return [];
    throw error;
  }
}
