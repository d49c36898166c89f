import type { EventStore } from '../event-store/event-store';
import type { LakeFiles } from './load/lake-files';
import type { LoadOptions, LoadResult } from './load/load-files';
import type { VerifyResult } from './verify/verify';
import type { VerifySessionOptions } from './verify/verify-session';

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
  /**
   * decimals of the smallest unit of the reporting currency; undefined while the warehouse does not know it
   */
  reportingDigits(): Promise<number | undefined>;
}

/** A file that the answer of a query is written to. */
export interface QueryFile {
  path: string;
  format: 'csv' | 'parquet' | 'json';
  /** of a CSV: texts that a spreadsheet would take for formulas are made harmless */
  spreadsheetSafe?: boolean;
}

/** A table or view, as the warehouse itself describes it. */
export interface DescribedTable {
  name: string;
  kind: 'table' | 'view';
  comment: string | null;
  columns: readonly { name: string; type: string; nullable: boolean; comment: string | null }[];
}

/** How far the warehouse is. */
export const THROUGH = 'SELECT through_position FROM load_progress';

/** Where the reporting currency stands. */
export const REPORTING_DIGITS = 'SELECT MAX(reporting_digits) AS digits FROM stg_settings';

/** Where the star schema lives. */
export interface WarehouseTarget {
  /** for people to read */
  description: string;
  /** a file of the data folder */
  isLocal: boolean;
  /** Makes what is not there, and loses nothing that is. @param rebuild makes all tables anew, empty */
  init(options: { rebuild: boolean }): Promise<void>;
  /**
   * Brings it up to what the lake has, in one transaction; without new files and other holidays nothing is
   * changed.
   */
  load(lake: LakeFiles, options?: LoadOptions): Promise<LoadResult>;
  /** Holds it against the event store and the lake, day by day. */
  verify(
    lake: LakeFiles,
    store: Pick<EventStore, 'readAll' | 'readStream'>,
    options?: VerifySessionOptions,
  ): Promise<VerifyResult>;
  /** Runs one query; `use` takes the rows while it runs. */
  query<T>(sql: string, use: (answer: QueryAnswer) => Promise<T>): Promise<T>;
  /** Writes what a query answers to a file, whole or not at all. @returns rows. Absent where it cannot. */
  writeQuery?(sql: string, file: QueryFile): Promise<number>;
  /** Up to where it has the log; null before the first load. */
  through(): Promise<string | null>;
  /** Its tables and views, tables first, by name. */
  describe(): Promise<DescribedTable[]>;
  /**
   * Writes the star schema and every view to a folder, a Parquet file each. @returns rows by name. Absent
   * where it cannot.
   */
  writeTables?(folder: string): Promise<Record<string, number>>;
}
