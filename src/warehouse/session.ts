import type { LakeFile } from './lake-files';
import type { Dialect } from './model/dialect';

/** A connection to a warehouse, of whichever kind. One statement at a time. */
export interface WarehouseSession {
  dialect: Dialect;

  /** @returns rows that were changed */
  run(sql: string): Promise<number>;

  /** @returns rows as text, null where there is none */
  query(sql: string): Promise<Record<string, string | null>[]>;

  /**
   * Puts the rows of these files into the `load_<dataset>` table. Columns that the files do not have are
   * null.
   * @returns rows
   */
  fill(dataset: string, files: readonly LakeFile[]): Promise<number>;
}
