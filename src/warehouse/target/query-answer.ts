/** A column of an answer. */
export interface QueryColumn {
  name: string;
  /** as DuckDB or Snowflake calls it */
  type: string;
  isNumber: boolean;
  /** decimals of an exact number that has any; otherwise undefined */
  scale: number | undefined;
}

/** The answer of a query. Money and 64 bit numbers are text, so that they stay exact. */
export interface QueryAnswer {
  columns: readonly QueryColumn[];
  rows: AsyncIterable<readonly unknown[]>;
  /** decimals of the reporting currency; undefined while the warehouse does not know them */
  reportingDigits(): Promise<number | undefined>;
  /**
   * Up to where the warehouse has the log, asked in the session of the query; null before the first load,
   * undefined where the tables are somebody else's
   */
  through(): Promise<string | null | undefined>;
}

/** The file to write the answer of a query to. */
export interface QueryFile {
  path: string;
  format: 'csv' | 'parquet' | 'json';
  /** in a CSV: makes texts harmless that a spreadsheet would take for formulas */
  spreadsheetSafe?: boolean;
}

/** Asks how far the warehouse has the log. */
export const THROUGH = 'SELECT through_position FROM load_progress';

/** Asks for the decimals of the reporting currency. */
export const REPORTING_DIGITS = 'SELECT MAX(reporting_digits) AS digits FROM stg_settings';
