import type { StoreConfigured } from '../../../domain/events';
import type { RecordedEvent } from '../../../event-store/event';
import type { Row } from '../../../lake/columns/table-definition';
import type { Dataset } from '../../../lake/datasets/dataset';
import { customerRows } from './customers.rows';
import { eventRows } from './events.rows';
import { orderLineRows } from './order-lines.rows';
import { orderRows } from './orders.rows';
import { productRows } from './products.rows';
import { refundRows } from './refunds.rows';
import { returnRows } from './returns.rows';
import type { MakeRows } from './rows-for';
import { settingsRows } from './settings.rows';

const BY_DATASET: ReadonlyMap<Dataset, MakeRows> = new Map([
  eventRows,
  orderLineRows,
  orderRows,
  returnRows,
  refundRows,
  customerRows,
  productRows,
  settingsRows,
]);

/**
 * The rows of one event in a dataset, in plain TypeScript. The exporter has them made by SQL; whoever checks
 * what it made must not make the same mistake.
 * @param settings undefined before the store was configured
 * @throws BadRowError when the event does not fit the columns; Error when nobody makes rows of the dataset
 */
export function rowsOfEvent(
  dataset: Dataset,
  event: RecordedEvent,
  settings: StoreConfigured | undefined,
): Row[] {
  const make = BY_DATASET.get(dataset);
  if (make === undefined) throw new Error(`No rows are made of events for ${dataset.name}`);
  return make(event, settings);
}
