export type StatementKind =
  /** makes a table, view, stage or file format */
  | 'create'
  /** documents a table, view or column */
  | 'comment'
  /** adds rows to a table that stays */
  | 'insert'
  | 'merge'
  /** takes rows out of a table */
  | 'delete'
  /** collects ids in a table that lives as long as the load */
  | 'find'
  /** takes a table of a load away */
  | 'drop';

/** A statement, and what it does. */
export interface Statement {
  kind: StatementKind;
  /** the table, view or other object that it works on */
  object: string;
  /** for the log and the progress line */
  label: string;
  sql: string;
}
