import type { Value } from '../datasets/dataset';

/**
 * A Parquet file of a dataset, as a commit needs it. Maps are keyed by field id; of a list the id of its
 * elements counts. What is not known of a column is left out of its map.
 */
export interface DataFile {
  /** key in the object store */
  path: string;
  /** in the order of the dataset's `partitionBy`; a month is whole months since 1970-01 */
  partition: readonly Value[];
  recordCount: number;
  /** bytes */
  fileSize: number;
  /** compressed bytes */
  columnSizes: ReadonlyMap<number, number>;
  /** nulls included */
  valueCounts: ReadonlyMap<number, number>;
  nullCounts: ReadonlyMap<number, number>;
  /** smallest value of a column that has any but null, as rows hold it; texts compare as UTF-8 bytes */
  lower: ReadonlyMap<number, Value>;
  /** largest, likewise */
  upper: ReadonlyMap<number, Value>;
}
