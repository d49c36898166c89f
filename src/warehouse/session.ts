import type { LakeFile } from './lake-files';
import type { Dialect } from './model/dialect';

/** What queries a warehouse, of whichever kind. */
export interface WarehouseReader {
  dialect: Dialect;

  /** @returns the rows by column name: every value as text, NULL as null */
  query(sql: string): Promise<Record<string, string | null>[]>;
}

/** A connection to a warehouse, of whichever kind. It takes one statement at a time. */
export interface WarehouseSession extends WarehouseReader {
  /** @returns how many rows the statement changed */
  run(sql: string): Promise<number>;

  /**
   * Copies the rows of these files into the table `load_<dataset>`. Columns that a file does not have become
   * null.
   * @returns how many rows were copied
   */
  fill(dataset: string, files: readonly LakeFile[]): Promise<number>;

  /**
   * Runs `work` as one transaction, which commits when `work` is done and rolls back when it throws.
   * @param isCommitted whether the tables hold what `work` wrote. A session whose COMMIT had no answer asks
   *   this in a new connection
   * @throws whatever `work` throws; an error of the warehouse when the transaction did not commit, or when
   *   nobody can tell
   */
  transaction<T>(
    work: () => Promise<T>,
    isCommitted: (reader: WarehouseReader) => Promise<boolean>,
  ): Promise<T>;
}
