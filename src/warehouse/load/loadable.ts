import type { LakeFiles } from '../lake-files';
import type { Holiday } from '../model/date.dimension';
import type { WarehouseSession } from '../session';
import type { Loaded } from './ledger';
import type { LoadOptions, LoadResult } from './load-options';
import type { NewFiles } from './new-files';

/** What this machine keeps of a load that is done. */
export interface LoadDone {
  news: NewFiles;
  /** up to where the warehouse has the log */
  through: string | null;
  /** that dim_date was made of */
  holidays: readonly Holiday[];
}

/** A warehouse as `loadLake` sees it: what each kind does in its own way. */
export interface LoadableWarehouse {
  /**
   * Compares the lake with what this machine remembers of the warehouse, which is not asked.
   * @returns how far the warehouse is, where the lake has nothing new; else, or when nothing is remembered,
   *   undefined
   */
  recall(lake: LakeFiles, holidays: readonly Holiday[]): Promise<{ through: string | null } | undefined>;

  /**
   * Opens the warehouse while `work` runs. One load of this machine at a time.
   * @throws WarehouseError while another load is going on, or when the tables are of another version
   */
  open<T>(holidays: readonly Holiday[], work: (opened: OpenWarehouse) => Promise<T>): Promise<T>;

  /** Keeps what `recall` compares with. Called before the warehouse is closed. */
  remember(done: LoadDone): Promise<void>;
}

export interface OpenWarehouse {
  loaded: Loaded;
  /** whether dim_date has every year of sales, and the holidays as they are now */
  hasDays(): Promise<boolean>;
  /** Runs `work` in a session that may write. Whatever comes of it, nothing but its rows stays. */
  write(options: LoadOptions, work: (session: WarehouseSession) => Promise<LoadResult>): Promise<LoadResult>;
  /**
   * Called at the begin of the transaction, when no other load can commit any more.
   * @throws Error when one has committed since `loaded` was read: its files would come in twice
   */
  mustBeUnchanged(): Promise<void>;
}
