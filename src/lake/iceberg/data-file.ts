import type { Value } from '../columns/table-definition';

/**
 * What a commit has to know of a Parquet file. Keys of the maps are field ids, of a list the id of its
 * elements. A column of which something is not known is left out of that map.
 */
export interface DataFile {
  /** key in the object store */
  path: string;
  /** a value for each field of `partitionBy`; a month is whole months since 1970-01 */
  partition: readonly Value[];
  recordCount: number;
  /** bytes */
  fileSize: number;
  /** compressed bytes */
  columnSizes: ReadonlyMap<number, number>;
  /** nulls included */
  valueCounts: ReadonlyMap<number, number>;
  nullCounts: ReadonlyMap<number, number>;
  /** the smallest value of each column, as rows hold it; texts compare as UTF-8 bytes */
  lower: ReadonlyMap<number, Value>;
  /** the largest value of each column */
  upper: ReadonlyMap<number, Value>;
}
