import type { Dialect, WarehouseType } from './dialect';

export interface WarehouseColumn {
  name: string;
  type: WarehouseType;
  nullable: boolean;
  /** one line for people: what it is, in which unit */
  doc: string;
}

/** A table of the warehouse. Names need no quotes in any dialect. */
export interface WarehouseTable {
  name: string;
  doc: string;
  columns: readonly WarehouseColumn[];
  /** columns that together tell a row from every other. Held by how rows are written, not by an index */
  key: readonly string[];
}

/** Ids that the new rows of a load (tables `load_<dataset>`) have an effect on. */
export interface AffectedIds {
  /** of the table that holds them during a load */
  name: string;
  /** its only column */
  column: string;
  /** datasets whose new rows it looks at */
  datasets: readonly string[];
  sql(dialect: Dialect): string;
}

/**
 * A table that is a function of the staging tables: the rows of an id can be made again at any time, and are,
 * whenever something of that id has arrived. So neither the order nor the split of the files shows in it.
 */
export interface DerivedTable extends WarehouseTable {
  affected: AffectedIds;
  /** SELECT of every row of the affected ids, with the columns of the table in any order */
  rows(dialect: Dialect): string;
}

export interface WarehouseView {
  name: string;
  doc: string;
  columns: readonly WarehouseColumn[];
  /** SELECT with these columns in any order; what it returns is cast to their types */
  sql: string;
}
