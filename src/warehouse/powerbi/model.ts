import type { WarehouseColumn, WarehouseTable, WarehouseView } from '../model/table';

/** What a partition reads, and the columns that it needs of it. */
export type Source =
  | { kind: 'table' | 'view'; of: WarehouseTable | WarehouseView }
  /** the different values of a column that other tables of the model have */
  | { kind: 'values'; of: readonly WarehouseTable[]; column: string };

/** A table as Power BI has it: its columns are those of the warehouse, under names for people. */
export interface ModelTable {
  name: string;
  doc: string;
  columns: readonly WarehouseColumn[];
  source: Source;
  /** that tells a row from every other, where it is one column */
  key?: string;
  /** makes it the date table; its key is the day */
  isDateTable?: boolean;
  /** column by column that orders it */
  sortBy?: Readonly<Record<string, string>>;
  /** columns whose sum over any rows means something */
  additive?: readonly string[];
  hierarchies?: readonly Hierarchy[];
}

export interface Hierarchy {
  name: string;
  /** columns, from the whole to its parts */
  levels: readonly string[];
}

export interface Measure {
  /** different from every other measure of the model */
  name: string;
  /** name of the table under which it stands */
  table: string;
  folder: string;
  doc: string;
  format: string;
  /** DAX; its lines are indented by four spaces */
  dax: string;
}

/** Many rows of `from` have one row of `to`; filters of `to` reach `from`. */
export interface Relationship {
  from: ColumnOf;
  to: ColumnOf;
  /** false for the second role of a table; a measure asks for it by USERELATIONSHIP */
  active: boolean;
}

export interface ColumnOf {
  table: string;
  /** its name in the warehouse */
  column: string;
}
