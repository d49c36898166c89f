import { eventsOf } from '../../../domain/event-roles';
import type { EventType, StoreConfigured } from '../../../domain/events';
import type { RecordedEvent } from '../../../event-store/event';
import type { Column, Row, RowOf } from '../../../lake/columns/table-definition';
import type { Dataset, DatasetOf } from '../../../lake/datasets/dataset';

/**
 * The rows that a dataset has of one event, in a fixed order; none of an event of another type.
 * @param settings undefined before the store was configured
 * @throws BadRowError when the event does not fit the columns; it then has no row in this dataset
 */
export type MakeRows = (event: RecordedEvent, settings: StoreConfigured | undefined) => Row[];

/** A row of a dataset. */
export type RowIn<D extends Dataset> = D extends DatasetOf<infer Columns, EventType> ? RowOf<Columns> : never;

/** Makes rows with exactly the columns of a dataset: one that is missing is a compile error. */
export function rowsFor<Columns extends readonly Column[], T extends EventType>(
  dataset: DatasetOf<Columns, T>,
  make: (event: RecordedEvent<T>, settings: StoreConfigured | undefined) => RowOf<Columns>[],
): readonly [Dataset, MakeRows] {
  const { eventTypes } = dataset;
  const takes = eventTypes ? eventsOf<EventType>(eventTypes) : () => true;
  return [dataset, (event, settings) => (takes(event) ? make(event as RecordedEvent<T>, settings) : [])];
}
