import type { Value } from './table-definition';

/**
 * What is known of a data file without reading it. Keys of the maps are field ids, of a list the id of its
 * elements. A column of which something is not known is left out of that map.
 */
export interface FileMetrics {
  recordCount: number;
  /** bytes */
  fileSize: number;
  /** compressed bytes */
  columnSizes: ReadonlyMap<number, number>;
  /** nulls included; a list that is null or empty counts as one value */
  valueCounts: ReadonlyMap<number, number>;
  nullCounts: ReadonlyMap<number, number>;
  /** a lower bound of each column, as rows hold it; texts compare as UTF-8 bytes */
  lower: ReadonlyMap<number, Value>;
  /** an upper bound of each column */
  upper: ReadonlyMap<number, Value>;
}
