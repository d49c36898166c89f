import type { ColumnType } from '../../lake/columns/table-definition';

/** The types of the lake, and floating point for statistics. Money is never a double. */
export type WarehouseType = ColumnType | { kind: 'double' };

/**
 * The differences between DuckDB and Snowflake. All other SQL is such that both understand it: MERGE INTO,
 * QUALIFY, IS DISTINCT FROM, window functions with explicit frames, unquoted identifiers.
 */
export interface Dialect {
  name: string;
  type(type: WarehouseType): string;
  /** a value as SQL */
  literal(value: string | number | boolean | null): string;
  /** a hash of a text, below 2^48 and the same in every dialect; null of null */
  digest(text: string): string;
  /** SQL for whether a column of lists has a string; `value` is plain text */
  listHas(column: string, value: string): string;
  /**
   * Where the comments of a table, view or column go: into the statement that makes it, into statements after
   * it, or nowhere.
   */
  comments: 'within' | 'behind' | 'nowhere';
  /** a clause of CREATE OR REPLACE: whoever could read the old table or view can read the new one */
  keepGrants: string;
  /** the first words that make a table of a load, such as CREATE TEMPORARY TABLE */
  createScratch: string;
  /** the name of a table of this load, such as load_orders */
  scratch(name: string): string;
}

/** An instant (ISO 8601, in UTC) as SQL. */
export const instant = (dialect: Dialect, iso: string): string =>
  `CAST(${dialect.literal(iso)} AS ${dialect.type({ kind: 'timestamptz' })})`;
