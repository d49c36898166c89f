import type { Dialect, WarehouseType } from './dialect';

export interface WarehouseColumn {
  name: string;
  type: WarehouseType;
  nullable: boolean;
  /** one line for people: the meaning and the unit */
  doc: string;
}

/** A table of the warehouse. Names need no quotes in any dialect. */
export interface WarehouseTable {
  name: string;
  doc: string;
  columns: readonly WarehouseColumn[];
  /** the columns that identify a row. No index enforces them; the load writes no key twice */
  key: readonly string[];
}

/** Finds the ids whose derived rows may change by the rows that a load brings (tables `load_<dataset>`). */
export interface AffectedIds {
  /** name of the table that holds the ids during a load */
  name: string;
  /** its only column */
  column: string;
  /** the datasets whose new rows it reads */
  datasets: readonly string[];
  sql(dialect: Dialect): string;
}

/**
 * A table that is a function of the staging tables. Whenever a load brings something of an id, all rows of
 * that id are made again. So neither the order of the files nor their division shows in the table.
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
  /** SELECT of these columns in any order; the view casts them to their types */
  sql: string;
}
