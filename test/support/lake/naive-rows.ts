import type { StoreConfigured } from '../../../src/domain/events';
import type { RecordedEvent } from '../../../src/event-store/event';
import type { Column, Row, Value } from '../../../src/lake/columns/table-definition';
import type { Dataset } from '../../../src/lake/datasets/dataset';
import { BadRowError, reasonOf } from '../../../src/warehouse/verify/rows/bad-row-error';
import { rowsOfEvent } from '../../../src/warehouse/verify/rows/rows-of-event';
import type { LoggedEvent, Made } from './window';

/**
 * What datasets make of events, in plain TypeScript, one event after the other.
 * @param known the settings of the store, wherever its log has them
 */
export function naiveRows(
  datasets: readonly Dataset[],
  logged: readonly LoggedEvent[],
  known: StoreConfigured | undefined,
): Made {
  const made: Made = { rows: new Map(datasets.map(({ name }) => [name, []])), refused: [] };
  for (const event of logged.map(parsed)) {
    for (const dataset of datasets) {
      try {
        const rows = rowsOfEvent(dataset, event, known).map(asWritten);
        for (const column of dataset.columns) for (const row of rows) checkValue(column, row[column.name]);
        made.rows.get(dataset.name)?.push(...rows);
      } catch (error) {
        made.refused.push({ dataset: dataset.name, position: event.position, reason: reasonOf(error) });
      }
    }
  }
  return made;
}

const parsed = (event: LoggedEvent) =>
  ({
    ...event,
    data: JSON.parse(event.data),
    toJSON: () => event,
    dataJson: event.data,
    metadata: JSON.parse(event.metadata),
  }) as unknown as RecordedEvent;

const utf8 = (text: string) => Buffer.from(text).toString();

/** As UTF-8 has texts: half a surrogate pair is no character. A number may be -0. */
function asWritten(row: Row): Row {
  const written = (value: Value): Value => {
    if (typeof value === 'string') return utf8(value);
    if (Array.isArray(value)) return value.map((text) => (typeof text === 'string' ? utf8(text) : text));
    return typeof value === 'number' ? value + 0 : value;
  };
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, written(value ?? null)]));
}

function checkValue({ name, type, nullable }: Column, value: Value | undefined): void {
  if (value === null || value === undefined) {
    if (nullable) return;
    throw new BadRowError(`${name} is missing`);
  }
  const fits = {
    string: () => typeof value === 'string',
    int: () => value === ((value as number) | 0),
    long: () => Number.isSafeInteger(value),
    boolean: () => typeof value === 'boolean',
    date: () => Number.isInteger(value),
    timestamptz: () =>
      Number.isSafeInteger((value as number) * 1_000) ||
      (Number.isSafeInteger(value) && Math.abs(value as number) < 9.2e15),
    decimal: () => typeof value === 'bigint' || Number.isSafeInteger(value),
    list: () => Array.isArray(value) && value.every((text) => typeof text === 'string'),
  }[type.kind]();
  if (fits) return;
  const shown = JSON.stringify(value);
  throw new BadRowError(
    `${name} is no ${type.kind}: ${shown.length > 100 ? `${shown.slice(0, 100)}...` : shown}`,
  );
}
