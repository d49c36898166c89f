import { EVENT_TYPES } from '../../domain/event-roles';
import type { EventType } from '../../domain/events';
import type { Column, ColumnType, RowOf, TableDefinition } from '../columns/table-definition';
import { type Expression, onlyFor } from './sql/expression';
import type { SqlDataset } from './sql/table';

/**
 * A dataset is an append-only log of facts: a table, and what each column is of an event, in SQL. A later
 * event adds rows and never changes one. Everything that knows columns (Parquet, Iceberg, Spark, the
 * warehouse, Power BI) is made from this one definition.
 */
export interface Dataset extends TableDefinition, Pick<SqlDataset, 'perLine' | 'where' | 'needsNoSettings'> {
  columns: readonly DatasetColumn[];
  /** columns that together identify a row; they follow from the event alone */
  key: readonly string[];
  /** absent: every type */
  eventTypes?: readonly EventType[];
}

/** A column with the value that it has of an event, in SQL. */
export interface DatasetColumn<
  Name extends string = string,
  Type extends ColumnType = ColumnType,
  Nullable extends boolean = boolean,
> extends Column<Name, Type, Nullable> {
  value: Expression;
}

/** A dataset of which the compiler knows what its rows and its events are. */
export interface DatasetOf<Columns extends readonly Column[], T extends EventType> extends Dataset {
  /** never there: for the compiler alone */
  readonly known?: { row: RowOf<Columns>; event: T };
}

interface DatasetDefinition<Columns extends readonly DatasetColumn[], T extends EventType>
  extends Omit<Dataset, 'columns' | 'key' | 'eventTypes'> {
  columns: Columns;
  key: readonly Columns[number]['name'][];
  /** absent: every type; choose them with domain/event-roles.ts */
  eventTypes?: readonly T[];
}

/** A dataset from its definition. */
export function defineDataset<
  const Columns extends readonly DatasetColumn[],
  T extends EventType = EventType,
>(definition: DatasetDefinition<Columns, T>): DatasetOf<Columns, T> {
  const { columns, eventTypes } = definition;
  return {
    ...definition,
    columns: columns.map((column) => ({ ...column, value: whereDefined(column.value, eventTypes) })),
  };
}

/** An expression of some of the dataset's event types is null for the others. */
function whereDefined(value: Expression, all: readonly EventType[] | undefined): Expression {
  const { types } = value;
  const some = types !== undefined && (all ?? EVENT_TYPES).some((type) => !types.includes(type));
  return some ? onlyFor(types, value) : value;
}
