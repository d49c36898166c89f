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

export interface Column {
  /** Iceberg's field id: given once, never to another column, so that columns can be renamed and added */
  id: number;
  name: string;
  type: ColumnType;
  nullable: boolean;
  /** one line for people: what it is, in which unit */
  doc: string;
}

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
   * The rows of one event, in a fixed order.
   * @param settings undefined before the store was configured
   * @throws BadRowError when the event cannot be typed as the columns say; it then has no row in this dataset
   */
  rows(event: RecordedEvent, settings: StoreConfigured | undefined): Row[];
}

/** An event that does not fit the columns of a dataset. */
export class BadRowError extends Error {
  override readonly name = 'BadRowError';
}
