/** A column of an answer. */
export interface QueryColumn {
  name: string;
  /** as the target calls it */
  type: string;
  isNumber: boolean;
  /** decimals of an exact number with decimals; undefined for everything else */
  scale: number | undefined;
}

/** What a query answers. Money and 64 bit numbers are text, so that they stay exact. */
export interface QueryAnswer {
  columns: readonly QueryColumn[];
  rows: AsyncIterable<readonly unknown[]>;
  /** decimals of the smallest unit of the reporting currency; undefined while the warehouse does not know it */
  reportingDigits(): Promise<number | undefined>;
  /**
   * Up to where the warehouse has the log, asked in the session of the query; null before the first load,
   * undefined where the tables are somebody else's
   */
  through(): Promise<string | null | undefined>;
}

/** A file that the answer of a query is written to. */
export interface QueryFile {
  path: string;
  format: 'csv' | 'parquet' | 'json';
  /** of a CSV: texts that a spreadsheet would take for formulas are made harmless */
  spreadsheetSafe?: boolean;
}

/** How far the warehouse is. */
export const THROUGH = 'SELECT through_position FROM load_progress';

/** Where the reporting currency stands. */
export const REPORTING_DIGITS = 'SELECT MAX(reporting_digits) AS digits FROM stg_settings';
