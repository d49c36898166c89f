import type { EventStore } from '../../event-store/event-store';
import type { LakeFiles } from '../lake-files';
import type { LoadOptions, LoadResult } from '../load/load-options';
import type { VerifyResult } from '../verify/verify';
import type { VerifySessionOptions } from '../verify/verify-session';
import type { DescribedTable } from './described-tables';
import type { QueryAnswer, QueryFile } from './query-answer';

/** A warehouse, whether in a DuckDB file or in Snowflake. */
export interface WarehouseTarget {
  /** for people to read */
  description: string;
  /** whether it is a file of the data folder */
  isLocal: boolean;
  /**
   * Makes what is missing and keeps every row.
   * @param rebuild makes all tables anew, empty
   */
  init(options: { rebuild: boolean }): Promise<void>;
  /** Brings the warehouse up to what the lake has, see `loadLake`. */
  load(lake: LakeFiles, options?: LoadOptions): Promise<LoadResult>;
  /** Compares the warehouse with event store and lake, day by day. */
  verify(
    lake: LakeFiles,
    store: Pick<EventStore, 'readAll' | 'readStream'>,
    options?: VerifySessionOptions,
  ): Promise<VerifyResult>;
  /** Runs one query; `use` gets the rows while it runs. */
  query<T>(sql: string, use: (answer: QueryAnswer) => Promise<T>): Promise<T>;
  /**
   * Writes the answer of a query to a file, whole or not at all. Absent where the target cannot.
   * @returns how many rows were written
   */
  writeQuery?(sql: string, file: QueryFile): Promise<number>;
  /** Up to where the warehouse has the log; null before the first load. */
  through(): Promise<string | null>;
  /** Tables and views, tables first, by name. */
  describe(): Promise<DescribedTable[]>;
  /**
   * Writes the star schema and every view to a folder, one Parquet file each. Absent where the target cannot.
   * @returns how many rows were written, by name
   */
  writeTables?(folder: string): Promise<Record<string, number>>;
}
