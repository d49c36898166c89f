import type { ColumnType } from '../../lake/columns/table-definition';

/** Types of the lake, and floating point for what is a statistic. Money is never a double. */
export type WarehouseType = ColumnType | { kind: 'double' };

/**
 * Where DuckDB and Snowflake differ. Everything else is SQL that both understand as it is: MERGE INTO,
 * QUALIFY, IS DISTINCT FROM, window functions with their windows written out; identifiers stand unquoted.
 */
export interface Dialect {
  name: string;
  type(type: WarehouseType): string;
  /** a value as SQL */
  literal(value: string | number | boolean | null): string;
  /** a whole number below 2^48 that follows from a text, the same in every dialect; of null, null */
  digest(text: string): string;
  /** whether a column of lists holds a string; `value` is plain text */
  listHas(column: string, value: string): string;
  /**
   * Where the warehouse is told what a table, view or column is: within the statement that makes it, in
   * statements behind it, or nowhere.
   */
  comments: 'within' | 'behind' | 'nowhere';
  /**
   * what is said where a table or view takes the place of another one, so that whoever could read that can
   * read it
   */
  keepGrants: string;
  /** how a table begins that lives as long as a load, such as CREATE TEMPORARY TABLE */
  createScratch: string;
  /** the name of such a table in this load, such as load_orders */
  scratch(name: string): string;
}

/** An instant (ISO 8601, in UTC) as SQL. */
export const instant = (dialect: Dialect, iso: string): string =>
  `CAST(${dialect.literal(iso)} AS ${dialect.type({ kind: 'timestamptz' })})`;
