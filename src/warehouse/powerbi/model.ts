import type { WarehouseColumn, WarehouseTable, WarehouseView } from '../model/table';

/** What a partition reads. */
export type Source =
  | { kind: 'table' | 'view'; of: WarehouseTable | WarehouseView }
  /** the distinct values of a column that other tables of the model have */
  | { kind: 'values'; of: readonly WarehouseTable[]; column: string };

/** A table of the model. Its columns are those of the warehouse, under names for people. */
export interface ModelTable {
  name: string;
  doc: string;
  columns: readonly WarehouseColumn[];
  source: Source;
  /** the column that identifies a row, where one column does */
  key?: string;
  /** makes it the date table, with the day as its key */
  isDateTable?: boolean;
  /** by column: the column that it is sorted by */
  sortBy?: Readonly<Record<string, string>>;
  /** columns that Power BI may add up over any rows */
  additive?: readonly string[];
  hierarchies?: readonly Hierarchy[];
}

export interface Hierarchy {
  name: string;
  /** columns, from the whole to its parts, such as year, quarter, month */
  levels: readonly string[];
}

export interface Measure {
  /** unique among all measures of the model */
  name: string;
  /** name of the table that lists it */
  table: string;
  folder: string;
  doc: string;
  format: string;
  /** in DAX; its lines are indented by four spaces */
  dax: string;
}

/** Many rows of `from` refer to one row of `to`. Filters go from `to` to `from`. */
export interface Relationship {
  from: ColumnOf;
  to: ColumnOf;
  /** false for a second relationship between two tables, which a measure chooses by USERELATIONSHIP */
  active: boolean;
}

export interface ColumnOf {
  table: string;
  /** its name in the warehouse */
  column: string;
}
