import type { EventStore } from '../../event-store/event-store';
import type { LakeFiles } from '../lake-files';
import type { LoadOptions, LoadResult } from '../load/load-options';
import type { VerifyResult } from '../verify/verify';
import type { VerifySessionOptions } from '../verify/verify-session';
import type { DescribedTable } from './described-tables';
import type { QueryAnswer, QueryFile } from './query-answer';

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
