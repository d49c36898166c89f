import type { LakeFiles } from '../lake-files';
import type { Holiday } from '../model/date.dimension';
import type { WarehouseSession } from '../session';
import type { Loaded } from './ledger';
import type { LoadOptions, LoadResult } from './load-options';
import type { NewFiles } from './new-files';

/** What a finished load leaves for `remember`. */
export interface LoadDone {
  news: NewFiles;
  /** up to where the warehouse has the log */
  through: string | null;
  /** the holidays that dim_date has now */
  holidays: readonly Holiday[];
}

/** What `loadLake` needs of a warehouse, which DuckDB and Snowflake each do in their own way. */
export interface LoadableWarehouse {
  /**
   * Compares the lake with what this machine remembers of the warehouse, without asking the warehouse.
   * @returns how far the warehouse is, when the lake is known to have nothing new; otherwise undefined
   */
  recall(lake: LakeFiles, holidays: readonly Holiday[]): Promise<{ through: string | null } | undefined>;

  /**
   * Opens the warehouse while `work` runs. Only one load of this machine may.
   * @throws WarehouseError while another load is going on, or when the tables are of another version
   */
  open<T>(holidays: readonly Holiday[], work: (opened: OpenWarehouse) => Promise<T>): Promise<T>;

  /** Stores what `recall` compares with. Called before the warehouse is closed. */
  remember(done: LoadDone): Promise<void>;
}

export interface OpenWarehouse {
  loaded: Loaded;
  /** whether dim_date has every year of sales, and the holidays as they are now */
  hasDays(): Promise<boolean>;
  /**
   * Runs `work` in a session that may write. However it ends, nothing stays but the rows that it committed.
   */
  write(options: LoadOptions, work: (session: WarehouseSession) => Promise<LoadResult>): Promise<LoadResult>;
  /**
   * Called first in the transaction, when no other load can commit any more.
   * @throws Error when another load has committed since `loaded` was read: its files would come in twice
   */
  mustBeUnchanged(): Promise<void>;
}
