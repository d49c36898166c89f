/**
 * The type of a column. A row holds its values like this, and null in a nullable column:
 * - `string`: a string
 * - `int`, `long`: a whole number of 32 or 64 bits, as a number
 * - `boolean`: a boolean
 * - `date`: days since 1970-01-01
 * - `timestamptz`: an instant, Unix milliseconds; files have microseconds in UTC
 * - `decimal`: the unscaled whole number (12.34 at scale 4 is 123400); a bigint where a number would not be
 *   exact
 * - `list`: an array of strings
 */
export type ColumnType =
  | { kind: 'string' | 'int' | 'long' | 'boolean' | 'date' | 'timestamptz' }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'list'; elementId: number };

export type Value = string | number | bigint | boolean | readonly string[] | null;

/** A row by column name. Every column is there. */
export type Row = Readonly<Record<string, Value>>;

export interface Column<
  Name extends string = string,
  Type extends ColumnType = ColumnType,
  Nullable extends boolean = boolean,
> {
  /** Iceberg's field id. It is never given to another column, so that columns can be renamed and added. */
  id: number;
  name: Name;
  type: Type;
  nullable: Nullable;
  /** one line for people: what the column holds, and in which unit */
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

/** A row with a value of the right type for each of these columns. */
export type RowOf<Columns extends readonly Column[]> = {
  readonly [C in Columns[number] as C['name']]:
    | Values[C['type']['kind']]
    | (C['nullable'] extends true ? null : never);
};

/** How the files of a table are partitioned. The column is never null. */
export interface PartitionField {
  column: string;
  /** `month` of a `date` column is whole months since 1970-01 */
  transform: 'identity' | 'month';
}

/** A table as its files and its metadata are made from it. */
export interface TableDefinition {
  name: string;
  doc: string;
  columns: readonly Column[];
  partitionBy: readonly PartitionField[];
}

/** The field id of a column's values: a list's values have the id of its elements. */
export const valueId = ({ id, type }: Pick<Column, 'id' | 'type'>): number =>
  type.kind === 'list' ? type.elementId : id;
