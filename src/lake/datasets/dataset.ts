import { eventsOf } from '../../domain/event-roles';
import type { EventType, StoreConfigured } from '../../domain/events';
import type { RecordedEvent } from '../../event-store/event';

/**
 * A column's type, and how a row holds its value (null where the column is nullable and there is none):
 * - `string`: a string
 * - `int`, `long`: a whole number of 32 or 64 bits, as a number
 * - `boolean`
 * - `date`: days since 1970-01-01
 * - `timestamptz`: an instant, Unix milliseconds; stored as microseconds in UTC
 * - `decimal`: the unscaled whole number (12.34 at scale 4 is 123400), a bigint where a number would not be
 *   exact
 * - `list`: an array of strings
 */
export type ColumnType =
  | { kind: 'string' | 'int' | 'long' | 'boolean' | 'date' | 'timestamptz' }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'list'; elementId: number };

export type Value = string | number | bigint | boolean | readonly string[] | null;

/** One fact, by column name. Every column is there. */
export type Row = Readonly<Record<string, Value>>;

export interface Column<
  Name extends string = string,
  Type extends ColumnType = ColumnType,
  Nullable extends boolean = boolean,
> {
  /** Iceberg's field id: given once, never to another column, so that columns can be renamed and added */
  id: number;
  name: Name;
  type: Type;
  nullable: Nullable;
  /** one line for people: what it is, in which unit */
  doc: string;
}

type Values = {
  string: string;
  int: number;
  long: number;
  boolean: boolean;
  date: number;
  timestamptz: number;
  decimal: number | bigint;
  list: readonly string[];
};

/** A row with a value for each of these columns, of its type. */
export type RowOf<Columns extends readonly Column[]> = {
  readonly [C in Columns[number] as C['name']]:
    | Values[C['type']['kind']]
    | (C['nullable'] extends true ? null : never);
};

/** How the files of a dataset are divided. Every column named here is never null. */
export interface PartitionField {
  column: string;
  /** `month` of a `date` column is whole months since 1970-01 */
  transform: 'identity' | 'month';
}

/**
 * A dataset is an append-only log of facts: a schema, and a pure function from an event to its rows. A later
 * event adds rows and never rewrites one. Everything that knows columns (Parquet, Iceberg, the warehouse,
 * Power BI) is made from this one definition.
 */
export interface Dataset {
  name: string;
  doc: string;
  columns: readonly Column[];
  partitionBy: readonly PartitionField[];
  /** columns that together tell a row from every other; the same event gives the same ones */
  key: readonly string[];
  /** absent: every type */
  eventTypes?: readonly EventType[];
  /**
   * The rows of one event, in a fixed order; none of an event of another type.
   * @param settings undefined before the store was configured
   * @throws BadRowError when the event cannot be typed as the columns say; it then has no row in this dataset
   */
  rows(event: RecordedEvent, settings: StoreConfigured | undefined): Row[];
}

interface DatasetDefinition<Columns extends readonly Column[], T extends EventType>
  extends Omit<Dataset, 'columns' | 'key' | 'eventTypes' | 'rows'> {
  columns: Columns;
  key: readonly Columns[number]['name'][];
  /** absent: every type; choose them with domain/event-roles.ts */
  eventTypes?: readonly T[];
  rows(event: RecordedEvent<T>, settings: StoreConfigured | undefined): RowOf<Columns>[];
}

/** A dataset whose rows have exactly its columns, each of its type: one that is missing is a compile error. */
export function defineDataset<const Columns extends readonly Column[], T extends EventType = EventType>(
  definition: DatasetDefinition<Columns, T>,
): Dataset {
  const { eventTypes, rows } = definition;
  const takes = eventTypes ? eventsOf<EventType>(eventTypes) : () => true;
  return {
    ...definition,
    rows: (event, settings) => (takes(event) ? rows(event as RecordedEvent<T>, settings) : []),
  };
}

/** An event that does not fit the columns of a dataset. */
export class BadRowError extends Error {
  override readonly name = 'BadRowError';
}
