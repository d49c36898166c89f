import { EVENT_TYPES, eventsOf } from '../../domain/event-roles';
import type { EventType, StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';
import type { Column, ColumnType, Row, RowOf, TableDefinition } from '../columns/table-definition';
import { type Expression, onlyFor } from './sql/expression';
import type { SqlDataset } from './sql/table';

/**
 * A dataset is an append-only log of facts: a table, and a pure function from an event to its rows. A later
 * event adds rows and never changes one. Everything that knows columns (Parquet, Iceberg, the warehouse,
 * Power BI) is made from this one definition.
 */
export interface Dataset extends TableDefinition, Pick<SqlDataset, 'perLine' | 'where' | 'needsNoSettings'> {
  columns: readonly DatasetColumn[];
  /** columns that together identify a row; they follow from the event alone */
  key: readonly string[];
  /** absent: every type */
  eventTypes?: readonly EventType[];
  /**
   * The rows of one event, in a fixed order; none of an event of another type.
   * @param settings undefined before the store was configured
   * @throws BadRowError when the event does not fit the columns; it then has no row in this dataset
   */
  rows(event: RecordedEvent, settings: StoreConfigured | undefined): Row[];
}

/** A column with the value that it has of an event, in SQL. */
export interface DatasetColumn<
  Name extends string = string,
  Type extends ColumnType = ColumnType,
  Nullable extends boolean = boolean,
> extends Column<Name, Type, Nullable> {
  value: Expression;
}

interface DatasetDefinition<Columns extends readonly DatasetColumn[], T extends EventType>
  extends Omit<Dataset, 'columns' | 'key' | 'eventTypes' | 'rows'> {
  columns: Columns;
  key: readonly Columns[number]['name'][];
  /** absent: every type; choose them with domain/event-roles.ts */
  eventTypes?: readonly T[];
  rows(event: RecordedEvent<T>, settings: StoreConfigured | undefined): RowOf<Columns>[];
}

/**
 * A dataset whose rows have exactly its columns, each of its type: one that is missing is a compile error.
 */
export function defineDataset<
  const Columns extends readonly DatasetColumn[],
  T extends EventType = EventType,
>(definition: DatasetDefinition<Columns, T>): Dataset {
  const { columns, eventTypes, rows } = definition;
  const takes = eventTypes ? eventsOf<EventType>(eventTypes) : () => true;
  return {
    ...definition,
    columns: columns.map((column) => ({ ...column, value: whereDefined(column.value, eventTypes) })),
    rows: (event, settings) => (takes(event) ? rows(event as RecordedEvent<T>, settings) : []),
  };
}

/** An expression of some of the dataset's event types is null for the others. */
function whereDefined(value: Expression, all: readonly EventType[] | undefined): Expression {
  const { types } = value;
  const some = types !== undefined && (all ?? EVENT_TYPES).some((type) => !types.includes(type));
  return some ? onlyFor(types, value) : value;
}

/** An event that does not fit the columns of a dataset. */
export class BadRowError extends Error {
  override readonly name = 'BadRowError';
}
